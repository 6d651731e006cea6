"""Promotion and rollback with a real MLflow on SQLite."""

import json
import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from sports_platform.core.errors import ArtefactError, MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models import registry
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.pointer import history, pointer_file
from sports_platform.models.promote import Check, Verdict
from sports_platform.models.registry import champion, log_version, promote, rollback
from sports_platform.sports.nfl import NflDomain
from sports_platform_tests.models import synthetic

DOMAIN = NflDomain()
BRIEF = synthetic.QUICK.model_copy(update={"epochs": 1})


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with registered versions of three weeks."""
    settings, plays = Settings(home=tmp_path_factory.mktemp("registry"), threads=1), synthetic.data(1600)
    for number in (10, 11, 12):
        log_version(settings, DOMAIN, synthetic.train(settings, plays, week=Week(2015, number), config=BRIEF))
    return settings


@pytest.fixture
def settings(prepared: Settings) -> Settings:
    """The prepared home with no promotion in force."""
    pointer_file(prepared).unlink(missing_ok=True)
    client(prepared).delete_registered_model_alias("nfl_play_model", "champion")
    return prepared


def client(settings: Settings) -> MlflowClient:
    return MlflowClient(tracking_uri=f"sqlite:///{settings.home / 'mlflow.db'}")


def version(settings: Settings, number: int) -> ModelVersion:
    from sports_platform.models.artefacts import week_version

    return week_version(settings, Week(2015, number))


def verdict(candidate: ModelVersion, *, passed: bool = True) -> Verdict:
    check = Check(name="loss", passed=passed, value=0.0, reason="for this test")
    return Verdict(candidate=candidate.name, champion=None, checks=(check,))


def promoted(settings: Settings, *numbers: int) -> None:
    for number in numbers:
        assert promote(settings, DOMAIN, version(settings, number), verdict(version(settings, number)))


def alias(settings: Settings, name: str = "champion") -> str:
    return str(client(settings).get_model_version_by_alias("nfl_play_model", name).tags["version"])


def test_a_run_keeps_parameters_curves_metrics_tags_and_files(settings: Settings):
    found = client(settings).get_model_version_by_alias("nfl_play_model", "challenger")
    run = client(settings).get_run(found.run_id)
    assert run.data.params["learning_rate"] == "0.001"
    assert run.data.tags["snapshot.nfl.play_features"] == "1"
    assert {"git_commit", "config_hash", "version"} <= run.data.tags.keys()
    assert len(client(settings).get_metric_history(found.run_id, "member_0.validation_loss")) == BRIEF.epochs
    assert "log_loss.play_type" in run.data.metrics
    files = {item.path for item in client(settings).list_artifacts(found.run_id, "version")}
    assert {"version/weights.safetensors", "version/plots"} <= files
    copy = Path(found.source.removeprefix("file://")) / "weights.safetensors"
    assert copy.read_bytes() == (version(settings, 12).path / "weights.safetensors").read_bytes()


def test_logging_a_version_again_registers_nothing_new(settings: Settings):
    before = len(client(settings).search_model_versions("name='nfl_play_model'"))
    log_version(settings, DOMAIN, version(settings, 12))
    assert len(client(settings).search_model_versions("name='nfl_play_model'")) == before


def test_promotion_moves_pointer_and_alias_and_rollback_moves_both_back(settings: Settings):
    promoted(settings, 11, 12)
    assert champion(settings, Week(2015, 12)) == version(settings, 12)
    assert alias(settings) == version(settings, 12).name
    assert rollback(settings, DOMAIN) == version(settings, 11)
    assert champion(settings, Week(2015, 12)) == version(settings, 11)
    assert alias(settings) == version(settings, 11).name
    assert rollback(settings, DOMAIN) is None
    with pytest.raises(MissingDataError, match="let the gate promote"):
        champion(settings, Week(2015, 12))
    with pytest.raises(MlflowException):
        alias(settings)
    with pytest.raises(MissingDataError, match="no promotion in force"):
        rollback(settings, DOMAIN)


def test_the_champion_is_never_as_of_a_later_week(settings: Settings):
    promoted(settings, 12, 10)  # a back-fill promotes the older week last
    assert champion(settings, Week(2015, 13)) == version(settings, 12)
    assert champion(settings, Week(2015, 11)) == version(settings, 10)
    assert champion(settings, Week(2015, 10)) == version(settings, 10)
    assert alias(settings) == version(settings, 12).name
    with pytest.raises(MissingDataError, match="2015_wk09 or earlier"):
        champion(settings, Week(2015, 9))


def test_a_failed_verdict_and_a_verdict_on_another_model_move_nothing(settings: Settings):
    promoted(settings, 11)
    before = pointer_file(settings).read_bytes()
    candidate = version(settings, 12)
    assert not promote(settings, DOMAIN, candidate, verdict(candidate, passed=False))
    with pytest.raises(ArtefactError, match="a verdict on"):
        promote(settings, DOMAIN, candidate, verdict(version(settings, 11)))
    assert pointer_file(settings).read_bytes() == before
    assert alias(settings) == version(settings, 11).name


def test_promoting_twice_enters_the_history_once(settings: Settings):
    promoted(settings, 12, 12)
    assert [entry.version for entry in history(settings)] == [version(settings, 12).name]
    assert json.loads(pointer_file(settings).read_text())["history"][0]["verdict"].endswith("verdict.json")


@pytest.mark.parametrize("step", ["_move_alias", "replace_history"])
def test_a_death_between_the_steps_leaves_the_pointer(settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str):
    promoted(settings, 11)
    before = pointer_file(settings).read_bytes()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(registry, step, die)
        with pytest.raises(KeyboardInterrupt):
            promote(settings, DOMAIN, version(settings, 12), verdict(version(settings, 12)))
    assert pointer_file(settings).read_bytes() == before
    assert champion(settings, Week(2015, 12)) == version(settings, 11)
    promoted(settings, 12)  # repeating it sets both right
    assert alias(settings) == champion(settings, Week(2015, 12)).name == version(settings, 12).name


def test_a_damaged_champion_is_refused(settings: Settings):
    promoted(settings, 10)
    path = version(settings, 10).path
    kept = path.with_name("kept")
    shutil.copytree(path, kept)
    try:
        (path / "weights.safetensors").write_bytes(b"x")
        with pytest.raises(ArtefactError, match=r"weights\.safetensors"):
            champion(settings, Week(2015, 10))
    finally:
        shutil.rmtree(path)
        kept.rename(path)
