"""The upload file: written, read back and checked before anybody can see it.

Belongs here: the site's CSV format and nothing about choosing. Sites take `Name (ID)`; price archives
have no ids, and then the cell is the bare name, which a person has to complete before uploading.
"""

import csv
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from sports_platform.core.contest import ContestRules
from sports_platform.core.errors import ArtefactError
from sports_platform.portfolio.lineup import Lineup, SlatePlayer


def write_upload(path: Path, rules: ContestRules, pool: Sequence[SlatePlayer], lineups: Sequence[Lineup]) -> Path:
    """Write the lineups in the site's format; raises ArtefactError, leaving no file, when one would be refused."""
    draft = path.with_name(path.name + ".draft")
    try:
        with draft.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([slot.name for slot in rules.slots])
            writer.writerows([player.label for player in lineup.players] for lineup in lineups)
        read_upload(draft, rules, pool)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def read_upload(path: Path, rules: ContestRules, pool: Sequence[SlatePlayer]) -> list[Lineup]:
    """The lineups of an upload file, each checked against the rules; raises ArtefactError naming the line."""
    by_label: dict[str, list[SlatePlayer]] = {}
    for player in pool:
        by_label.setdefault(player.label, []).append(player)
    with path.open(newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))
    header = [slot.name for slot in rules.slots]
    if lines[:1] != [header]:
        raise _refused(path, 1, f"header {lines[:1]}", f"{header}")
    lineups = [_lineup(path, number, row, rules, by_label) for number, row in enumerate(lines[1:], start=2)]
    if len({frozenset(p.player_id for p in lineup.players) for lineup in lineups}) < len(lineups):
        raise _refused(path, 1, "the same lineup twice", "distinct lineups")
    return lineups


def _lineup(
    path: Path, number: int, row: list[str], rules: ContestRules, by_label: dict[str, list[SlatePlayer]]
) -> Lineup:
    """Without ids namesakes share a cell: the first reading of the row that the rules allow."""
    readings = [Lineup(players) for players in product(*(by_label.get(cell, []) for cell in row))]
    if not readings:
        unknown = [cell for cell in row if cell not in by_label]
        raise _refused(path, number, f"{unknown}", "players of the slate")
    for lineup in readings:
        if not lineup.violations(rules):
            return lineup
    raise _refused(path, number, "; ".join(readings[0].violations(rules)), f"a lineup under {rules.name}")


def _refused(path: Path, line: int, found: str, needed: str) -> ArtefactError:
    return ArtefactError(
        found=f"{path.name.removesuffix('.draft')} line {line}: {found}",
        needed=needed,
        remedy="build the portfolio again; an edited file must keep the header and the names of the slate",
    )
