"""Best lineup for given values of the players, by mixed-integer programming (CBC).

The only importer of mip. One binary variable a player; which of them can be seated in the slots is
told by Hall's condition, five times faster than a variable for each player and slot.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

import mip
import numpy as np
import numpy.typing as npt

from sports_platform.core.contest import ContestRules
from sports_platform.core.errors import InfeasibleError
from sports_platform.portfolio.lineup import CompactSlate, seat

# CBC takes a solution only when better by 1e-5: in this unit that is 1e-8 points, so that the
# optimum does not depend on what the same process solved before.
_UNITS_PER_POINT = 1000.0
_BREAKABLE = {
    "salary": "the salary cap of {rules.salary_cap}",
    "games": "players of at least {rules.min_games} games",
    "team": "at most {rules.max_from_team} players of a team",
    "stack": "the stack of {rules.stack.anchor} with {rules.stack.at_least} of his team-mates",
}


class LineupSolver:
    """A slate's model, built once; each solve changes only the objective."""

    def __init__(self, slate: CompactSlate) -> None:
        self._slate = slate
        self._model, self._variables = _build(slate, dropped=())

    def best(self, values_P: npt.NDArray[np.float64]) -> list[int]:
        """Indices of the players of the best lineup, in slot order; raises InfeasibleError with the reason."""
        for variable, value in zip(self._variables, values_P, strict=True):
            variable.obj = float(value) * _UNITS_PER_POINT
        if self._model.optimize() is not mip.OptimizationStatus.OPTIMAL:
            raise _explanation(self._slate)
        chosen = [index for index, variable in enumerate(self._variables) if variable.x > 0.5]
        order = seat(self._slate.rules, [self._slate.players[index].position for index in chosen])
        assert order is not None, "Hall's condition guarantees a seating"
        return [chosen[place] for place in order]


def _build(slate: CompactSlate, *, dropped: Collection[str]) -> tuple[mip.Model, list[mip.Var]]:
    # Named solver: mip silently takes Gurobi where it finds one. Cuts, presolve and threads cost more than they save.
    model = mip.Model(sense=mip.MAXIMIZE, solver_name=mip.CBC)
    model.verbose, model.threads, model.cuts, model.preprocess = 0, 1, 0, 0
    model.max_mip_gap = 0.0
    variables = [model.add_var(var_type=mip.BINARY) for _ in slate.players]
    model += mip.xsum(variables) == len(slate.rules.slots)
    limits = [(members, bound) for name, members, bound in _limits(slate) if name not in dropped]
    for members, bound in limits:
        # A team's limit is often its game's: rows that another row contains cost time and say nothing.
        if not any(members < others and least <= bound for others, least in limits):
            model += mip.xsum(variables[index] for index in sorted(members)) <= bound
    if "salary" not in dropped:
        spent = (player.salary * variable for player, variable in zip(slate.players, variables, strict=True))
        model += mip.xsum(spent) <= slate.rules.salary_cap
    if "stack" not in dropped:
        _add_stack(model, variables, slate)
    return model, variables


def _limits(slate: CompactSlate) -> Iterator[tuple[str, frozenset[int], int]]:
    """(constraint, player indices, how many of them a lineup may hold)."""
    rules, players = slate.rules, slate.players
    for members, bound in _hall_sets(rules, [player.position for player in players]):
        yield "roster", members, bound
    for games in combinations(sorted({player.game_id for player in players}), rules.min_games - 1):
        yield "games", frozenset(i for i, player in enumerate(players) if player.game_id in games), len(rules.slots) - 1
    for team in sorted({player.team for player in players}):
        yield "team", frozenset(i for i, player in enumerate(players) if player.team == team), rules.max_from_team


def _hall_sets(rules: ContestRules, positions: Sequence[str]) -> list[tuple[frozenset[int], int]]:
    """(players, bound): those who fit nowhere but in some slots can be no more than these slots."""
    names = sorted({slot.name for slot in rules.slots})
    tightest: dict[frozenset[int], int] = {}
    for size in range(len(names)):
        for some in combinations(names, size):
            elsewhere = frozenset().union(*(slot.positions for slot in rules.slots if slot.name not in some))
            members = frozenset(index for index, position in enumerate(positions) if position not in elsewhere)
            bound = sum(slot.name in some for slot in rules.slots)
            tightest[members] = min(bound, tightest.get(members, bound))
    return [(members, tightest[members]) for members in tightest if members and not _implied(members, tightest)]


def _implied(members: frozenset[int], bounds: Mapping[frozenset[int], int]) -> bool:
    """Whether two smaller sets bound this one: of 30 such rows 9 are left, and solves take 1.4 times less."""
    smaller = [other for other in bounds if other < members]
    return any(
        one | two == members and bounds[one] + bounds[two] <= bounds[members] for one, two in combinations(smaller, 2)
    )


def _add_stack(model: mip.Model, variables: list[mip.Var], slate: CompactSlate) -> None:
    stack = slate.rules.stack
    if stack is None:
        return
    for team in sorted({player.team for player in slate.players}):
        mates = [(player, x) for player, x in zip(slate.players, variables, strict=True) if player.team == team]
        anchors = [x for player, x in mates if player.position == stack.anchor]
        partners = [x for player, x in mates if player.position in stack.partners]
        if anchors:
            model += mip.xsum(partners) >= stack.at_least * mip.xsum(anchors)


def _explanation(slate: CompactSlate) -> InfeasibleError:
    """The constraint that cannot hold: the one without which a lineup exists."""
    rules = slate.rules
    for slot in rules.slots:
        needed = sum(other.positions <= slot.positions for other in rules.slots)
        there = sum(player.position in slot.positions for player in slate.players)
        if there < needed:
            return InfeasibleError(
                found=f"{there} of {len(slate.players)} players for {slot.name} ({', '.join(sorted(slot.positions))})",
                needed=f"at least {needed}",
                remedy="check unmatched.csv: players without an id, price or simulation are left out of the pool",
            )
    guilty = [name for name in _BREAKABLE if _feasible(slate, dropped=(name,))]
    reasons = " or ".join(_BREAKABLE[name].format(rules=rules) for name in guilty)
    return InfeasibleError(
        found=f"{len(slate.players)} players, no lineup within {reasons or 'several constraints at once'}",
        needed=f"one lineup under the rules {rules.name}; cheapest seats cost {_cheapest(slate)}",
        remedy="widen the pool, or relax the constraint named above",
    )


def _feasible(slate: CompactSlate, *, dropped: Collection[str]) -> bool:
    model, _ = _build(slate, dropped=dropped)
    return bool(model.optimize() is mip.OptimizationStatus.OPTIMAL)


def _cheapest(slate: CompactSlate) -> str:
    model, variables = _build(slate, dropped=tuple(_BREAKABLE))
    for player, variable in zip(slate.players, variables, strict=True):
        variable.obj = -player.salary
    found = model.optimize() is mip.OptimizationStatus.OPTIMAL
    return str(round(-model.objective_value)) if found else "more than the pool holds"
