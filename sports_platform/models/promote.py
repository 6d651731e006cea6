"""The gate's decision: is a candidate good enough, and no worse than the champion?

Belongs here: a pure function of what is known of two models on the same plays and games. docs/gate.md says what is
tested at which level and why. Gathering the evidence of stored models is `gate.py`.

Plays of a game share its surprises, so every interval is a bootstrap over games. A model as of a later week is worth
having when merely equal, so the question is not whether it is better but
  - whether any number is shown to be worse by more than a negligible amount, three families of numbers being judged
    together at 1.25 % each, so that an equal model is refused by chance in less than 5 % of comparisons;
  - whether the losses that matter are shown to be worse by less than a tolerance, which wide intervals do not show.
"""

from sports_platform.core.seeds import derive_seed
from sports_platform.core.weeks import Week
from sports_platform.models import minimums, versus
from sports_platform.models.bootstrap import F64, game_weights
from sports_platform.models.evaluate import Evaluation
from sports_platform.models.evidence import Evidence, SimulatedGames
from sports_platform.models.verdict import Check, Thresholds, Verdict

__all__ = ["Check", "Thresholds", "Verdict", "judge"]


def judge(candidate: Evidence, champion: Evidence | None, limits: Thresholds, seed: int) -> Verdict:
    """Decide on a candidate; both must have been scored on the same plays and simulated in the same games."""
    own = candidate.evaluation
    games = candidate.games if candidate.games and candidate.games.game_ids else None
    plays_DG = game_weights(len(own.game_ids), limits.draws, derive_seed(seed, "plays"))
    games_DG = game_weights(len(games.game_ids), limits.draws, derive_seed(seed, "games")) if games else None
    checks = minimums.always(candidate, limits)
    if champion is None:
        checks += minimums.first_model(own, limits, plays_DG)
        checks += minimums.first_games(games, limits, games_DG) if games and games_DG is not None else []
    else:
        checks += _against(own, champion.evaluation, limits, plays_DG)
        if games and games_DG is not None:
            checks += _played_against(games, champion.games, limits, games_DG)
    name = champion.evaluation.version if champion else None
    return Verdict(candidate=own.version, champion=name, checks=tuple(checks))


def _against(own: Evaluation, other: Evaluation, limits: Thresholds, weights_DG: F64) -> list[Check]:
    newer = Week.parse(own.week) >= Week.parse(other.week)
    reason = f"candidate is as of {own.week}, champion as of {other.week}"
    checks = [Check(name="as of the champion's week or later", passed=newer, value=newer, reason=reason)]
    if (own.game_ids, own.plays_by_game) != (other.game_ids, other.plays_by_game):
        return [
            *checks,
            Check(name="same plays", passed=False, value=0, reason="both must be scored on the same plays"),
        ]
    losses = {name: head.log_loss for name, head in other.heads.items()}
    return [
        *checks,
        minimums.plausible(own, losses, "the champion", limits.gain_on_champion, limits),
        *minimums.at_least_frequencies(own, limits, weights_DG),
        *versus.loss_checks(own, other, limits, weights_DG),
        *versus.calibration_checks(own, other, limits, weights_DG),
    ]


def _played_against(
    own: SimulatedGames, other: SimulatedGames | None, limits: Thresholds, weights_DG: F64
) -> list[Check]:
    alike = other is not None and (own.game_ids, own.scenarios, own.seed) == (
        other.game_ids,
        other.scenarios,
        other.seed,
    )
    if other is None or not alike:
        reason = "both must be simulated in the same games, with one seed and as many scenarios"
        return [Check(name="same games", passed=False, value=0, reason=reason)]
    return versus.game_checks(own, other, limits, weights_DG)
