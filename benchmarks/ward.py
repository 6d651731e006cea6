"""Ward's merging of neighbours: groups that differ least by their members' spread about the mean, joined one by one.

Belongs here: the clustering alone (Ward 1963), of weighted points that are joined where a graph has an edge. What the
points are is `merging`. Legend: N points, D dimensions, E edges.
"""

import heapq

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


def merge(points_ND: Floats, weight_N: npt.NDArray[np.float64], edges_E2: Ints, groups: int) -> Ints:
    """The group of each point, numbered from 0; of a connected graph `groups` are left."""
    mean_ND, size_N = points_ND.copy(), weight_N.copy()
    neighbours: list[set[int]] = [set() for _ in size_N]
    for one, other in edges_E2.tolist():
        neighbours[one].add(other)
        neighbours[other].add(one)
    into_N, age_N = np.arange(len(size_N)), [0] * len(size_N)
    heap = _pairs(mean_ND, size_N, edges_E2)
    left = len(size_N)
    while left > groups and heap:
        _, kept, gone, *ages = heapq.heappop(heap)
        if ages != [age_N[kept], age_N[gone]]:
            continue  # one of them has been joined to another meanwhile
        if len(neighbours[kept]) < len(neighbours[gone]):
            kept, gone = gone, kept
        both = size_N[kept] + size_N[gone]
        mean_ND[kept] += (mean_ND[gone] - mean_ND[kept]) * np.float32(size_N[gone] / both)
        size_N[kept], into_N[gone] = both, kept
        age_N[kept], age_N[gone] = age_N[kept] + 1, -1
        for other in neighbours[gone]:
            neighbours[other].discard(gone)
            if other != kept:
                neighbours[other].add(kept)
                neighbours[kept].add(other)
        neighbours[gone].clear()
        others = np.fromiter(neighbours[kept], np.int64, len(neighbours[kept]))
        for cost, other in zip(_costs(mean_ND, size_N, kept, others), others.tolist(), strict=True):
            heapq.heappush(heap, (cost, kept, other, age_N[kept], age_N[other]))
        left -= 1
    return np.unique(_roots(into_N), return_inverse=True)[1]


_Pair = tuple[float, int, int, int, int]
"""What joining two groups costs, the groups, and how often each had grown when that was found."""


def _pairs(mean_ND: Floats, size_N: npt.NDArray[np.float64], edges_E2: Ints) -> list[_Pair]:
    one, other = edges_E2.T
    cost_E = np.concatenate([
        _cost(mean_ND[a], mean_ND[b], size_N[a], size_N[b])
        for a, b in zip(*(np.array_split(end, len(end) // 65_536 + 1) for end in (one, other)), strict=True)
    ])  # fmt: skip
    heap = [(cost, a, b, 0, 0) for cost, a, b in zip(cost_E.tolist(), one.tolist(), other.tolist(), strict=True)]
    heapq.heapify(heap)
    return heap


def _costs(mean_ND: Floats, size_N: npt.NDArray[np.float64], one: int, others: Ints) -> list[float]:
    found: list[float] = _cost(mean_ND[others], mean_ND[one], size_N[others], size_N[one]).tolist()
    return found


def _cost(mean: Floats, other: Floats, size: npt.NDArray[np.float64], of_other: npt.NDArray[np.float64]) -> Floats:
    """How much the weighted squares about the means grow."""
    distance = np.square(mean - other).sum(axis=-1)
    cost: Floats = distance * (size * of_other / (size + of_other))
    return cost


def _roots(into_N: Ints) -> Ints:
    while (into_N[into_N] != into_N).any():
        into_N = into_N[into_N]
    return into_N
