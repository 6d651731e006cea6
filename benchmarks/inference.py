"""Speed of the play network behind the engine's callback: rows a second of the plain network and of its serving form.

    python benchmarks/inference.py [--members 2] [--rows 32768] [--games 13] [--threads 2] [--repeats 5] [--cuda]

Untrained weights of the current feature table, so that no trained model is needed. The rows are buckets that a cold
slate of invented football asked for. Each repeat times the plain network and the serving form in turn; figures are
medians of the repeats. Rows a CPU second also stand on a busy machine; wall clock does not. The cold slate's network
time is by the serving form for all its buckets, with `--cuda` by the network on that device, which is timed, too.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np
import numpy.typing as npt
import torch

from sports_platform.core.lineage import git_commit
from sports_platform.features.spec import load_spec
from sports_platform.models.ensemble import Ensemble, assemble
from sports_platform.models.resident import ResidentEnsemble, device_of
from sports_platform.models.serving import PASS_ROWS, SituatedEnsemble
from sports_platform.simulation.inference import BucketInference
from sports_platform.sports.nfl import DOMAIN
from sports_platform_tests.simulation.scripted import engine_input, football, open_engine

_PLAN = DOMAIN.simulation


class Untrained:
    """An untrained play model. Implements `simulation.inference.Predictor`."""

    def __init__(self, members: int, threads: int, device: str = "cpu") -> None:
        spec = load_spec(DOMAIN.features.schema_file(DOMAIN.model.feature_table))
        self.state_names, self.context_names = tuple(spec.names("state")), tuple(spec.names("context"))
        names = self.state_names + self.context_names
        self.ensemble: Ensemble = assemble(DOMAIN.model, names, members=members, dropout=0.0).eval()
        self._threads, self._device = threads, device_of(device)

    def situated(self, contexts_MF: npt.NDArray[np.float32]) -> SituatedEnsemble | ResidentEnsemble:
        """The form of this device before these sides."""
        if self._device.type != "cpu":
            return ResidentEnsemble(self.ensemble, contexts_MF, self._device)
        return self.ensemble.situated(contexts_MF, len(self.state_names), self._threads)


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    torch.set_num_threads(1)
    batches = _batches(options.games)
    buckets = max(batches, key=len)[: options.rows]
    context = np.random.default_rng(0).random((options.games, 2, len(Untrained(1, 1).context_names)), np.float32)
    out = np.empty((max(map(len, batches)), sum(head.width for head in DOMAIN.model.heads)), np.float32)
    one, many = (Untrained(options.members, threads) for threads in (1, options.threads))
    calls = {
        "plain, 1 thread": lambda: _plain(one, context, buckets),
        "served, 1 thread": _served(one, context, [buckets], out),
        f"served, {options.threads} threads": _served(many, context, [buckets], out),
    }
    if options.cuda:
        many = Untrained(options.members, options.threads, "cuda")
        calls["on the device"] = _served(many, context, [buckets], out)
    figures = _timed(calls, options.repeats)
    print(f"commit {git_commit()}, {vars(options)}, {len(buckets)} rows")
    for name, seconds in figures.items():
        cpu, wall = (len(buckets) / median(column) for column in zip(*seconds, strict=True))
        print(f"{name}: {cpu:,.0f} rows/CPU s, {wall:,.0f} rows/s")
    plain, served = (figures[name] for name in list(figures)[:2])
    print(f"ratio of CPU time, median of pairs: {median(p[0] / s[0] for p, s in zip(plain, served, strict=True)):.2f}")
    slate = _timed({"slate": _served(many, context, batches, out)}, 1)["slate"][0]
    print(f"cold slate, {sum(map(len, batches)):,} rows: {slate[0]:.2f} CPU s, {slate[1]:.2f} s of wall clock")


def _batches(games: int) -> list[npt.NDArray[np.int32]]:
    """What a cold slate of 2,000 scenarios asks its callback for."""
    seen: list[npt.NDArray[np.int32]] = []

    def infer(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        seen.append(buckets.copy())
        football(buckets, out)

    with open_engine(engine_input(games)) as engine:
        engine.run(infer, seed=0, scenarios=2000)
    return seen


def _plain(model: Untrained, context: npt.NDArray[np.float32], buckets: npt.NDArray[np.int32]) -> None:
    """The road without a serving form: every row through the whole network, then the softmaxes."""
    states = _PLAN.bucket_features(buckets, model.state_names)
    features = torch.from_numpy(np.hstack([states, context[buckets[:, 0], buckets[:, 1]]]))
    with torch.inference_mode():
        for rows in torch.split(features, PASS_ROWS):
            start, logits = 0, model.ensemble(rows)
            for head in DOMAIN.model.heads:
                logits[:, start : start + head.width].reshape(-1, head.groups, head.classes).softmax(dim=2)
                start += head.width


def _served(
    model: Untrained,
    context: npt.NDArray[np.float32],
    batches: Sequence[npt.NDArray[np.int32]],
    out: npt.NDArray[np.float32],
) -> Callable[[], None]:
    infer = BucketInference(_PLAN, model, context)

    def call() -> None:
        for buckets in batches:
            infer(buckets, out[: len(buckets)])()

    return call


def _timed(calls: dict[str, Callable[[], None]], repeats: int) -> dict[str, list[tuple[float, float]]]:
    """CPU and wall seconds of each call in turn, after one that warms up."""
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for repeat in range(repeats + 1):
        for name, call in calls.items():
            cpu, wall = time.process_time(), time.perf_counter()
            call()
            if repeat:
                figures[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    return figures


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("members", 2), ("rows", 32_768), ("games", 13), ("threads", 2), ("repeats", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--cuda", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
