"""Speed of the training loop: plays a second of an epoch, and peak memory.

    python benchmarks/training.py [--rows 20000] [--batch 1024] [--device cpu] [--threads 1] [--repeats 5]

Invented plays of the real network's inputs and heads, so that no lake is needed. A repeat trains one epoch and then
three, from the start: the difference is two epochs without set-up, validation of a tenth of the rows included. Then
it takes some steps alone, of one batch. Figures are medians of the repeats with their range; plays a CPU second also
stand on a busy machine.
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
from sports_platform.models.distributed import ALONE
from sports_platform.models.fit import TrainConfig, fit, repeatable
from sports_platform.models.gradients import Rows, gradients_of
from sports_platform.models.training_state import TrainingState
from sports_platform.sports.nfl import NflDomain
from sports_platform_tests.models import synthetic

_EPOCHS = (1, 3)
_STEPS = 30


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    training, validation = synthetic.data(options.rows), synthetic.data(max(1, options.rows // 10), seed=2)
    config = TrainConfig(batch_size=options.batch, device=options.device, threads=options.threads)
    _seconds(training, validation, config, 1, seed=0)  # what torch loads on its first steps is no speed of the loop
    wall, cpu, alone = [], [], []
    for seed in range(options.repeats):
        short, long = (_seconds(training, validation, config, epochs, seed) for epochs in _EPOCHS)
        plays = training.rows * (_EPOCHS[1] - _EPOCHS[0])
        wall.append(plays / (long[0] - short[0]))
        cpu.append(plays / (long[1] - short[1]))
        alone.append(options.batch * _STEPS / _seconds_of_steps(training, config, seed))
    chip = torch.cuda.get_device_name() if options.device == "cuda" else platform.processor() or platform.machine()
    print(f"{chip}, torch {torch.__version__}, commit {git_commit()}")
    print(f"command: python benchmarks/training.py {' '.join(sys.argv[1:] if arguments is None else arguments)}")
    print(f"{training.rows} plays of {len(training.feature_names)} inputs, batches of {options.batch}\n")
    print("| measure | median | least | most |\n|---|---|---|---|")
    for name, values in (("plays/s", wall), ("plays/CPU s", cpu), ("plays/s, steps alone", alone)):
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


def _seconds_of_steps(training: PlayData, config: TrainConfig, seed: int) -> float:
    """Wall seconds of some steps, after as many that warm up."""
    device, plan = ALONE.device(config.device), NflDomain().model
    with repeatable(seed, config.threads, deterministic=config.device == "cpu"):
        rows = Rows.of(training, plan.heads, device)
        network = plan.network(training.feature_names, dropout=config.dropout).to(device).train()
        state = TrainingState.of(
            network, learning_rate=config.learning_rate, weight_decay=config.weight_decay, averaged=True
        )
        gradients = gradients_of(network, rows, plan.heads, ALONE, config.batch_size)
        batch = torch.randint(len(rows), (config.batch_size,), device=device)

        def take(steps: int) -> None:
            for step in range(steps):
                loss = gradients(batch)
                state.step(config.learning_rate, config.clip_norm)
                state.average(config.ema_decay, step)
            loss.item()  # waits for the device

        take(_STEPS)
        start = time.perf_counter()
        take(_STEPS)
        return time.perf_counter() - start


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rows", 20_000), ("batch", 1024), ("threads", 1), ("repeats", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
