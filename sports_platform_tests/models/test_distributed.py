"""Two processes of a real torchrun against one process, on the same global batches."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from sports_platform.core.errors import ArtefactError
from sports_platform.models.artefacts import WEIGHTS
from sports_platform.models.curve import Epoch
from sports_platform.models.distributed import Ranks
from sports_platform.models.fit import Fitted, fit
from sports_platform.models.member import CURVE, fit_member
from sports_platform_tests.models.member_process import SEED, SHARED, DoubleModel, rows

# Three fresh interpreters import torch first: on a busy machine that takes minutes.
pytestmark = pytest.mark.timeout(600)

_MODULE = "sports_platform_tests.models.member_process"

# The parts' sums round otherwise than the whole's. A gradient is a sum of 109 terms of size 10 at most: in double
# precision (2^-53 = 1.1e-16) the two orders agree to 109 * 10 * 1.1e-16 = 1.2e-13. Adam moves a weight by
# rate * g / (|g| + 1e-8), whose slope is at most 1e-3 / 1e-8 = 1e5 (a gradient near zero): 1.2e-8 a step, 3e-7 in
# 24 steps; measured: 7e-12. In single precision the bound exceeds all that a weight moves (measured: 3e-4).
TOLERANCE = 3e-7


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ranks") / "member"
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    subprocess.run([*launch, "-m", _MODULE, "ranks", str(folder)], check=True, capture_output=True, timeout=500)
    return folder


@pytest.fixture(scope="module")
def alone() -> Fitted:
    return fit(*rows(), DoubleModel(), SHARED, seed=SEED)


def distance(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> float:
    assert one.keys() == other.keys()
    return max((one[name] - other[name]).abs().max().item() for name in one)


def test_two_processes_find_the_weights_of_one(shared: Path, alone: Fitted):
    weights = load_file(shared / WEIGHTS)
    assert weights["output.weight"].dtype == torch.float64
    assert distance(weights, alone.network.state_dict()) < TOLERANCE
    # The tolerance can tell: batches of one row more are seen.
    other = fit(*rows(), DoubleModel(), SHARED.model_copy(update={"batch_size": SHARED.batch_size + 1}), seed=SEED)
    assert distance(other.network.state_dict(), alone.network.state_dict()) > 100 * TOLERANCE


def test_two_processes_find_the_losses_of_one(shared: Path, alone: Fitted):
    curve = [Epoch.model_validate(point) for point in json.loads((shared / CURVE).read_text())]
    assert len(curve) == len(alone.curve) == SHARED.epochs
    for found, expected in zip(curve, alone.curve, strict=True):
        assert found.validation == pytest.approx(expected.validation, abs=TOLERANCE)
        assert found.training == pytest.approx(expected.training, abs=TOLERANCE)
        assert found.heads == pytest.approx(expected.heads, abs=TOLERANCE)


def test_only_the_first_process_writes_and_it_writes_whole(shared: Path):
    assert {path.name for path in shared.parent.iterdir()} == {shared.name}
    assert {path.name for path in shared.iterdir()} == {WEIGHTS, CURVE}


@pytest.mark.parametrize("rows", [0, 1, 2, 5, 109])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_parts_of_a_batch_are_the_batch(rows: int, size: int):
    parts = [Ranks(rank, size).part(torch.arange(rows)) for rank in range(size)]
    assert torch.cat(parts).tolist() == list(range(rows))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_folder_that_exists_is_not_written_over(tmp_path: Path):
    with pytest.raises(ArtefactError, match="exists"):
        fit_member(*rows(), DoubleModel(), SHARED, seed=SEED, folder=tmp_path)
