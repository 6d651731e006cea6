from itertools import combinations

import numpy as np
import pytest

from sports_platform.core.contest import ContestRules, Slot, StackRule
from sports_platform.core.errors import InfeasibleError
from sports_platform.portfolio.lineup import CompactSlate, Lineup, SlatePlayer, seat
from sports_platform.portfolio.milp import LineupSolver
from sports_platform.sports.nfl.rules import DRAFTKINGS_CLASSIC
from sports_platform_tests.portfolio.pools import small_pool

# A short roster with a FLEX, so that all lineups can be enumerated.
SHORT = ContestRules(
    name="short",
    slots=tuple(
        Slot(name=name, positions=frozenset(positions))
        for name, positions in (
            ("QB", ["QB"]), ("RB", ["RB"]), ("WR", ["WR"]), ("FLEX", ["RB", "WR", "TE"]), ("DST", ["DST"]),
        )
    ),
    salary_cap=27_000,
    min_games=2,
    max_from_team=3,
    stack=StackRule(anchor="QB", partners=frozenset({"WR", "TE"})),
)  # fmt: skip


def _stacked(rules: ContestRules, players: list[SlatePlayer]) -> bool:
    if rules.stack is None:
        return True
    anchors = [player for player in players if player.position == rules.stack.anchor]
    return all(
        sum(mate.team == anchor.team and mate.position in rules.stack.partners for mate in players)
        >= rules.stack.at_least
        for anchor in anchors
    )


def _enumerated(rules: ContestRules, pool: tuple[SlatePlayer, ...], values: np.ndarray) -> float:
    """The best lineup's value, with nothing taken from the solver's formulation."""
    best = -np.inf
    for chosen in combinations(range(len(pool)), len(rules.slots)):
        order = seat(rules, [pool[i].position for i in chosen])
        if order is None:
            continue
        players = [pool[chosen[place]] for place in order]
        if _stacked(rules, players) and not Lineup(tuple(players)).violations(rules):
            best = max(best, float(values[list(chosen)].sum()))
    return best


@pytest.mark.parametrize("change", [{}, {"stack": None}, {"salary_cap": 24_000}, {"max_from_team": 2, "min_games": 1}])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_solver_finds_what_enumeration_finds(seed: int, change: dict[str, object]) -> None:
    rules, pool = SHORT.model_copy(update=change), small_pool(seed)
    values = np.random.default_rng(seed).uniform(0, 25, len(pool))
    chosen = LineupSolver(CompactSlate(rules=rules, players=pool)).best(values)
    lineup = Lineup(tuple(pool[index] for index in chosen))
    assert lineup.violations(rules) == []
    assert values[chosen].sum() == pytest.approx(_enumerated(rules, pool, values), abs=1e-9)


def test_a_flex_seats_any_of_its_positions() -> None:
    for extra in ("RB", "WR", "TE"):
        positions = ["DST", extra, "TE", "WR", "WR", "WR", "RB", "RB", "QB"]
        order = seat(DRAFTKINGS_CLASSIC, positions)
        assert order is not None
        seated = [positions[index] for index in order]
        assert all(p in slot.positions for p, slot in zip(seated, DRAFTKINGS_CLASSIC.slots, strict=True))
    assert seat(DRAFTKINGS_CLASSIC, ["QB", "QB", "RB", "RB", "WR", "WR", "WR", "TE", "DST"]) is None


def test_the_result_does_not_depend_on_what_was_solved_before() -> None:
    slate = CompactSlate(rules=SHORT, players=small_pool())
    objectives = np.random.default_rng(3).uniform(0, 20, (30, len(slate.players)))
    forwards = LineupSolver(slate)
    backwards = LineupSolver(slate)
    assert [forwards.best(v) for v in objectives] == [backwards.best(v) for v in objectives[::-1]][::-1]


@pytest.mark.parametrize(
    ("pool", "change", "reason"),
    [
        ([p for p in small_pool() if p.position != "QB"], {}, "0 of 18 players for QB"),
        (small_pool(), {"salary_cap": 9_000}, "salary cap of 9000"),
        ([p for p in small_pool() if p.game_id == "g1"], {}, "at least 2 games"),
        ([p for p in small_pool() if p.team != "CCC" or p.position not in ("WR", "TE")],
         {"stack": StackRule(anchor="QB", partners=frozenset({"WR"}), at_least=3)}, "stack of QB with 3"),
    ],
)  # fmt: skip
def test_infeasible_names_the_constraint(pool: list[SlatePlayer], change: dict[str, object], reason: str) -> None:
    slate = CompactSlate(rules=SHORT.model_copy(update=change), players=tuple(pool))
    with pytest.raises(InfeasibleError, match=reason):
        LineupSolver(slate).best(np.ones(len(pool)))
