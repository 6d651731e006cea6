"""Win probability from scenarios, scored against what happened: a check on the simulation as a whole.

Belongs here: pure functions of scenarios, results and another forecast. Gathering a season is `ops.winprob`.
Legend: G games, S scenarios; the second axis of [G, 2, S] is (away, home).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sports_platform.models.bootstrap import game_weights, interval

F64 = npt.NDArray[np.float64]

BINS = 5
_LEVEL = 0.95
_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class WinBin:
    """Games whose forecast lies in [low, high): what was expected, what was seen, and two standard errors of that."""

    low: float
    high: float
    games: int
    expected: float
    seen: float
    noise: float


@dataclass(frozen=True, slots=True)
class WinScores:
    """A forecast of the home team's win over G games."""

    games: int
    brier: float
    log_loss: float
    bins: tuple[WinBin, ...]


@dataclass(frozen=True, slots=True)
class WinCheck:
    """The simulation's forecast beside another, and the first's Brier score less the other's with its 95 % interval."""

    simulated: WinScores
    reference: WinScores
    difference: float
    low: float
    high: float


def win_probabilities(scores_G2S: npt.NDArray[np.int16]) -> F64:
    """Share of scenarios the home team wins [G], a tie being half a win.

    Half a scenario is added to either side, so that no finite number of scenarios makes a result impossible.
    """
    away_GS, home_GS = scores_G2S[:, 0], scores_G2S[:, 1]
    wins_G = (home_GS > away_GS).sum(axis=1) + 0.5 * (home_GS == away_GS).sum(axis=1)
    share: F64 = (wins_G + 0.5) / (scores_G2S.shape[2] + 1)
    return share


def results(scores_G2: npt.NDArray[np.int64]) -> F64:
    """1 where the home team won, 0 where it lost, one half for a tie [G]; scores are (away, home)."""
    won: F64 = (np.sign(scores_G2[:, 1] - scores_G2[:, 0]) + 1) / 2
    return won


def score(forecast_G: F64, won_G: F64) -> WinScores:
    """Brier score, log loss and calibration by bins of equal width; forecasts lie strictly between 0 and 1."""
    place_G = np.minimum((forecast_G * BINS).astype(np.int64), BINS - 1)
    bins = [_bin(int(number), forecast_G[place_G == number], won_G[place_G == number]) for number in np.unique(place_G)]
    return WinScores(
        games=len(won_G),
        brier=float(((forecast_G - won_G) ** 2).mean()),
        log_loss=float(-(won_G * np.log(forecast_G) + (1 - won_G) * np.log(1 - forecast_G)).mean()),
        bins=tuple(bins),
    )


def check(simulated_G: F64, reference_G: F64, won_G: F64, seed: int) -> WinCheck:
    """Both forecasts scored on the same games; the interval draws games."""
    difference_G = (simulated_G - won_G) ** 2 - (reference_G - won_G) ** 2
    weights_DG = game_weights(len(won_G), _DRAWS, seed)
    low, high = interval(difference_G, np.ones(len(won_G), np.int64), weights_DG, _LEVEL)
    return WinCheck(score(simulated_G, won_G), score(reference_G, won_G), float(difference_G.mean()), low, high)


def _bin(number: int, forecast_n: F64, won_n: F64) -> WinBin:
    games = len(won_n)
    # Of games with these very probabilities, were they right.
    noise = 2 * float(np.sqrt((forecast_n * (1 - forecast_n)).sum())) / games
    return WinBin(number / BINS, (number + 1) / BINS, games, float(forecast_n.mean()), float(won_n.mean()), noise)
