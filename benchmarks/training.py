"""Speed of the training loop: plays a second of an epoch, and peak memory.

    python benchmarks/training.py [--rows 20000] [--batch 1024] [--device cpu] [--threads 1] [--repeats 5]

Invented plays of the real network's inputs and heads, so that no lake is needed. A repeat trains one epoch and then
three, from the start: the difference is two epochs without set-up, validation of a tenth of the rows included.
Figures are medians of the repeats with their range; plays a CPU second also stand on a busy machine.
"""

import argparse
import platform
import resource
import sys
import time
from collections.abc import Sequence
from statistics import median

import torch

from sports_platform.core.lineage import git_commit
from sports_platform.models.dataset import PlayData
from sports_platform.models.fit import TrainConfig, fit
from sports_platform.sports.nfl import NflDomain
from sports_platform_tests.models import synthetic

_EPOCHS = (1, 3)


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    training, validation = synthetic.data(options.rows), synthetic.data(max(1, options.rows // 10), seed=2)
    config = TrainConfig(batch_size=options.batch, device=options.device, threads=options.threads)
    _seconds(training, validation, config, 1, seed=0)  # what torch loads on its first steps is no speed of the loop
    wall, cpu = [], []
    for seed in range(options.repeats):
        short, long = (_seconds(training, validation, config, epochs, seed) for epochs in _EPOCHS)
        plays = training.rows * (_EPOCHS[1] - _EPOCHS[0])
        wall.append(plays / (long[0] - short[0]))
        cpu.append(plays / (long[1] - short[1]))
    chip = torch.cuda.get_device_name() if options.device == "cuda" else platform.processor() or platform.machine()
    print(f"{chip}, torch {torch.__version__}, commit {git_commit()}")
    print(f"command: python benchmarks/training.py {' '.join(sys.argv[1:] if arguments is None else arguments)}")
    print(f"{training.rows} plays of {len(training.feature_names)} inputs, batches of {options.batch}\n")
    print("| measure | median | least | most |\n|---|---|---|---|")
    for name, values in (("plays/s", wall), ("plays/CPU s", cpu)):
        print(f"| {name} | {median(values):,.0f} | {min(values):,.0f} | {max(values):,.0f} |")
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB of the process", end="")
    print(f", {torch.cuda.max_memory_allocated() / 2**30:.2f} GiB on the device" if options.device == "cuda" else "")


def _seconds(
    training: PlayData, validation: PlayData, config: TrainConfig, epochs: int, seed: int
) -> tuple[float, float]:
    """Wall and CPU seconds of a training of some epochs."""
    start = time.perf_counter(), time.process_time()
    fit(
        training,
        validation,
        NflDomain().model,
        config.model_copy(update={"epochs": epochs, "patience": epochs}),
        seed=seed,
    )
    return time.perf_counter() - start[0], time.process_time() - start[1]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rows", 20_000), ("batch", 1024), ("threads", 1), ("repeats", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
