"""Stored surrogates: whole, verified, replaced in one step, and nothing that can run code."""

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from sports_platform.core.errors import ArtefactError
from sports_platform.core.lineage import Lineage
from sports_platform.models import surrogate_artefact
from sports_platform.models.sealed import SUMS, seal
from sports_platform.models.surrogate_artefact import StoredSurrogate, SurrogateCard, SurrogateMetrics, store_surrogate
from sports_platform.models.surrogate_fit import FittedSurrogate, errors, fit_surrogate, predict
from sports_platform_tests.models.scoring import QUICK, lineups, selected, simulated, skewed_points

PLAYERS = 12
POINTS_PS = skewed_points(PLAYERS, scenarios=400)
TRUTH = simulated(POINTS_PS, selected(lineups(PLAYERS, 150, seed=1), PLAYERS))
FILES = {"weights.safetensors", "surrogate.yaml", "metrics.json", "lineage.json", "SHA256SUMS"}


@pytest.fixture(scope="module")
def fitted() -> FittedSurrogate:
    return fit_surrogate(POINTS_PS, TRUTH, TRUTH, QUICK.model_copy(update={"epochs": 2}), seed=1)


def store(folder: Path, fitted: FittedSurrogate, week: str = "2015_wk12") -> StoredSurrogate:
    card = SurrogateCard(
        sport="nfl",
        week=week,
        player_ids=tuple(f"id{number}" for number in range(PLAYERS)),
        scenarios=POINTS_PS.shape[1],
        config=QUICK.model_copy(update={"epochs": 2}),
    )
    metrics = SurrogateMetrics(
        trained_on=len(TRUTH),
        held_out={"lineups": len(TRUTH)},
        errors={"lineups": errors(fitted.surrogate, TRUTH)},
        curve=fitted.curve,
    )
    return store_surrogate(folder, fitted, card, metrics, Lineage(step="surrogate", sport="nfl", week=week, seed=1))


@pytest.fixture
def folder(fitted: FittedSurrogate, tmp_path: Path) -> Path:
    return store(tmp_path / "2015_wk12", fitted).path


def reseal(folder: Path) -> None:
    (folder / SUMS).unlink()
    seal(folder)


def test_what_was_stored_answers_the_same(folder: Path, fitted: FittedSurrogate) -> None:
    stored = StoredSurrogate.load(folder)
    assert {path.name for path in folder.iterdir()} == FILES
    found = predict(stored.network(), TRUTH.selected_NP)
    np.testing.assert_array_equal(found, predict(fitted.surrogate, TRUTH.selected_NP))
    assert stored.metrics.errors["lineups"] == errors(fitted.surrogate, TRUTH)
    assert (stored.card.week, stored.lineage.step) == ("2015_wk12", "surrogate")


@pytest.mark.parametrize("name", sorted(FILES - {SUMS}))
def test_a_flipped_byte_and_a_missing_file_are_refused(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ArtefactError, match=name):
        StoredSurrogate.load(folder)
    (folder / name).unlink()
    with pytest.raises(ArtefactError, match="no such file"):
        StoredSurrogate.load(folder)
    reseal(folder)
    with pytest.raises(ArtefactError, match=f"no digest of {name}"):
        StoredSurrogate.load(folder)


def test_formats_that_run_code_are_refused_even_with_their_digest(folder: Path) -> None:
    for name, write in (
        ("weights.pt", lambda path: torch.save({"a": torch.zeros(1)}, path)),
        ("extra.pkl", lambda path: path.write_bytes(pickle.dumps([1]))),
        ("model.pt2", lambda path: path.write_bytes(b"PK")),
    ):
        write(folder / name)
        reseal(folder)
        with pytest.raises(ArtefactError, match=name.replace(".", r"\.")):
            StoredSurrogate.load(folder)
        (folder / name).unlink()


@pytest.mark.parametrize("sealed", [True, False])
def test_a_file_that_does_not_belong_there_is_refused(folder: Path, sealed: bool) -> None:
    (folder / "notes.json").write_text("{}")
    if sealed:
        reseal(folder)
    with pytest.raises(ArtefactError, match=r"notes\.json"):
        StoredSurrogate.load(folder)


def test_weights_that_do_not_fit_the_card_are_refused(folder: Path) -> None:
    weights = load_file(folder / "weights.safetensors")
    save_file(weights | {"mean_P": torch.zeros(PLAYERS + 1)}, folder / "weights.safetensors")
    reseal(folder)
    with pytest.raises(ArtefactError, match=r"mean_P.*\(13,\)"):
        StoredSurrogate.load(folder).network()


def test_a_card_of_another_release_is_refused(folder: Path) -> None:
    with (folder / "surrogate.yaml").open("a") as card:
        card.write("activation: relu\n")
    reseal(folder)
    with pytest.raises(ArtefactError, match="1 field"):
        StoredSurrogate.load(folder)


def test_storing_again_replaces_and_a_failure_leaves_what_was_there(
    folder: Path, fitted: FittedSurrogate, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(folder, fitted, week="2015_wk13")
    assert StoredSurrogate.load(folder).card.week == "2015_wk13"

    def fail(_: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(surrogate_artefact, "seal", fail)
    with pytest.raises(OSError, match="disk full"):
        store(folder, fitted, week="2015_wk14")
    assert StoredSurrogate.load(folder).card.week == "2015_wk13"
    visible = [path.name for path in folder.parent.iterdir() if not path.name.startswith(".")]
    assert visible == ["2015_wk12"]


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=SUMS):
        StoredSurrogate.load(Path(shutil.copytree(tmp_path, tmp_path / "copy")))
