"""The forms that answer the engine against the network they are made from, with weights drawn at random."""

import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
import torch

from sports_platform.core.errors import SettingsError
from sports_platform.features.spec import load_spec
from sports_platform.models.ensemble import Ensemble, assemble
from sports_platform.models.heads import grouped, head_slices
from sports_platform.models.resident import ROWS, ResidentEnsemble, device_of
from sports_platform.models.serving import PASS_ROWS
from sports_platform.simulation.inference import Situated
from sports_platform.sports.nfl import DOMAIN
from sports_platform.sports.nfl.outcomes import HEADS, OUTPUT_WIDTH, RECEIVER_SLOTS, RUSHER_SLOTS
from sports_platform_tests.cuda import needs_cuda

F32 = npt.NDArray[np.float32]
Chosen = npt.NDArray[np.int64] | slice


@dataclass(frozen=True)
class Rows:
    """Rows that are a state and a side each."""

    states_SF: F32
    sides_MF: F32
    state_N: npt.NDArray[np.int64]
    side_N: npt.NDArray[np.int64]

    def features(self) -> torch.Tensor:
        return torch.from_numpy(np.hstack([self.states_SF[self.state_N], self.sides_MF[self.side_N]]))

    def served(self, ensemble: Ensemble, chosen: Chosen = slice(None), threads: int = 1) -> F32:
        """By the serving form."""
        return self.of(ensemble.situated(self.sides_MF, self.states_SF.shape[1], threads), chosen)

    def resident(self, ensemble: Ensemble, chosen: Chosen = slice(None), device: str = "cpu") -> F32:
        """By the network on a device."""
        return self.of(ResidentEnsemble(ensemble, self.sides_MF, torch.device(device)), chosen)

    def of(self, situated: Situated, chosen: Chosen = slice(None)) -> F32:
        """The rows' probabilities."""
        state_N, side_N = self.state_N[chosen], self.side_N[chosen]
        out = np.full((len(state_N), OUTPUT_WIDTH), np.nan, np.float32)
        situated(self.states_SF, state_N, side_N, out)()
        return out


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    """Two networks in which every part has something to say, and a calibration."""
    spec = load_spec(DOMAIN.features.schema_file(DOMAIN.model.feature_table))
    found = assemble(DOMAIN.model, [*spec.names("state"), *spec.names("context")], members=2, dropout=0.1).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in found.parameters():
            weight += 0.1 * torch.randn(weight.shape, generator=generator)
        widths = torch.rand(2, OUTPUT_WIDTH, generator=generator)
        found.calibrate(0.7 + 0.6 * widths[0], widths[1])
    return found


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Five sides, some with one row after another; yard lines, clocks and margins out of all their range."""
    spec = load_spec(DOMAIN.features.schema_file(DOMAIN.model.feature_table))
    draw = np.random.default_rng(2)
    states = draw.random((700, len(spec.names("state"))), dtype=np.float32)
    for name, most in (("yardline_100", 99), ("ydstogo", 20), ("half_seconds_remaining", 1800)):
        states[:, spec.names("state").index(name)] = draw.integers(1, most, 700)
    states[:, spec.names("state").index("score_differential")] = draw.integers(-30, 31, 700)
    sides = draw.random((5, len(spec.names("context"))), dtype=np.float32)
    for role, slots in (("receiver", RECEIVER_SLOTS), ("rusher", RUSHER_SLOTS)):
        for slot in range(1, slots + 1):
            sides[:, spec.names("context").index(f"{role}_{slot}_share")] /= slots
    count = 3 * PASS_ROWS + 77
    side_N = np.concatenate([np.sort(draw.integers(0, 5, count - 100)), draw.integers(0, 5, 100)])
    return Rows(states, sides, draw.integers(0, 700, count), side_N)


def test_the_serving_form_says_what_the_network_says(ensemble: Ensemble, rows: Rows) -> None:
    compare(rows.served(ensemble), ensemble, rows)


def test_the_resident_network_says_what_the_network_says(ensemble: Ensemble, rows: Rows) -> None:
    compare(rows.resident(ensemble), ensemble, rows)


def compare(served: F32, ensemble: Ensemble, rows: Rows) -> None:
    """Every head's probabilities with those of the network, and see that rows differ."""
    with torch.no_grad():
        logits = ensemble(rows.features())
    for head, columns in zip(HEADS, head_slices(HEADS).values(), strict=True):
        plain = grouped(logits, head, columns).softmax(dim=2).flatten(1).numpy()
        np.testing.assert_allclose(served[:, columns], plain, rtol=0, atol=1e-6, err_msg=head.name)
        assert plain.std(axis=0).min() > 1e-5, f"{head.name}: the rows are all alike"


@pytest.mark.parametrize("size", [1, 3, PASS_ROWS - 1, PASS_ROWS, PASS_ROWS + 1, 1200])
def test_a_row_gets_the_same_bits_in_any_company(ensemble: Ensemble, rows: Rows, size: int) -> None:
    chosen = np.random.default_rng(size).permutation(len(rows.state_N))[:size]
    assert (rows.served(ensemble, chosen) == rows.served(ensemble)[chosen]).all()


def test_a_state_gives_the_same_bits_beside_other_states(ensemble: Ensemble, rows: Rows) -> None:
    few, place = np.unique(rows.state_N[:40], return_inverse=True)
    alone = Rows(rows.states_SF[few], rows.sides_MF, place, rows.side_N[:40])
    assert (alone.served(ensemble) == rows.served(ensemble)[:40]).all()


def test_threads_change_nothing(ensemble: Ensemble, rows: Rows) -> None:
    assert (rows.served(ensemble, threads=3) == rows.served(ensemble)).all()


@pytest.mark.parametrize("size", [1, ROWS - 1, ROWS + 1])
def test_a_row_gets_the_same_bits_of_a_resident_network_in_any_company(
    ensemble: Ensemble, rows: Rows, size: int
) -> None:
    chosen = np.random.default_rng(size).integers(0, len(rows.state_N), size)
    assert (rows.resident(ensemble, chosen) == rows.resident(ensemble)[chosen]).all()


def test_all_of_the_network_moves_to_a_device(ensemble: Ensemble, rows: Rows) -> None:
    """A tensor that stayed on the processor would be refused beside those of another device."""
    elsewhere = copy.deepcopy(ensemble).to("meta")
    assert elsewhere(rows.features().to("meta")).shape == (len(rows.state_N), OUTPUT_WIDTH)


def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SettingsError, match="finds no CUDA device"):
        device_of("cuda")
    assert device_of("cpu").type == "cpu"


@needs_cuda
def test_a_cuda_device_says_what_the_network_says(ensemble: Ensemble, rows: Rows) -> None:
    compare(rows.resident(ensemble, device="cuda"), ensemble, rows)


@needs_cuda
def test_batches_in_flight_on_a_cuda_device_do_not_mix(ensemble: Ensemble, rows: Rows) -> None:
    situated = ResidentEnsemble(ensemble, rows.sides_MF, torch.device("cuda"))
    alone = rows.of(situated)
    outs = [np.empty_like(alone) for _ in range(4)]
    waits = [situated(rows.states_SF, rows.state_N, rows.side_N, out) for out in outs]
    for wait, out in zip(waits, outs, strict=True):
        wait()
        assert (out == alone).all()
