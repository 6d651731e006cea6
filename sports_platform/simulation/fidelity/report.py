"""The report of a season's comparison: every setting's rows as Markdown and CSV, and a count of the goals met.

Belongs here: the record and its text. The pictures are `plots`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import polars as pl

from sports_platform.simulation.fidelity.games import Games
from sports_platform.simulation.fidelity.judge import Met, Row
from sports_platform.simulation.fidelity.rows import Places

_HEADS = ("", "n", "real or reference", "simulated", "difference", "95 % interval", "goal", "met")


@dataclass(frozen=True, slots=True)
class Setting:
    """What one setting of strength uncertainty came to."""

    games: Games
    places: Places
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class FidelityReport:
    """A season's games under each number of strength draws, by the same model versions."""

    season: int
    versions: tuple[str, ...]
    scenarios: int
    seed: int
    code: str
    settings: Mapping[int, Setting]

    def markdown(self) -> str:
        """Tables by theme; with several settings their rows stand below one another."""
        first = next(iter(self.settings.values()))
        weeks = sorted(set(first.games.weeks))
        head = [
            f"# Simulated against real games, season {self.season}",
            "",
            f"{weeks[0]} to {weeks[-1]}: {len(first.games.ids)} games of {len(weeks)} weeks, "
            f"{self.scenarios} scenarios each; seed {self.seed}, code {self.code}.",
            f"Models: {', '.join(self.versions)}; each played only weeks it had not seen.",
            "",
            *(self._summary(draws, setting) for draws, setting in self.settings.items()),
        ]
        themes = dict.fromkeys(row.theme for setting in self.settings.values() for row in setting.rows)
        return "\n".join([*head, *(line for theme in themes for line in self._table(theme)), ""])

    def frame(self) -> pl.DataFrame:
        """Every row of every setting."""
        return pl.DataFrame(
            [{"strength_draws": draws, **asdict(row)} for draws, found in self.settings.items() for row in found.rows]
        )

    def _summary(self, draws: int, setting: Setting) -> str:
        met = Counter(row.met for row in setting.rows)
        inside = sum(row.inside is True for row in setting.rows)
        judged = sum(row.inside is not None for row in setting.rows)
        return (
            f"- strength draws {draws}: of {judged} goals {met[Met.YES]} met, {met[Met.NO]} not met, "
            f"{met[Met.OPEN]} not distinguishable by this many games; {inside} differences lie within their goal"
        )

    def _table(self, theme: str) -> list[str]:
        several = len(self.settings) > 1
        heads = (*_HEADS[:1], "draws", *_HEADS[1:]) if several else _HEADS
        lines = ["", f"## {theme}", "", _line(heads), _line(["---", *["---:"] * (len(heads) - 3), "---", "---"])]
        found = {draws: [row for row in kept.rows if row.theme == theme] for draws, kept in self.settings.items()}
        for name in dict.fromkeys(row.name for rows in found.values() for row in rows):
            for draws, rows in found.items():
                for row in rows:
                    if row.name == name:
                        cells = _cells(row)
                        lines.append(_line([cells[0], str(draws), *cells[1:]] if several else cells))
        return lines


def _cells(row: Row) -> list[str]:
    met = f"{row.met} ({'inside' if row.inside else 'outside'})" if row.met is Met.OPEN else str(row.met)
    return [
        row.name,
        str(row.count),
        f"{row.real:.3f}",
        f"{row.simulated:.3f}",
        f"{row.difference:+.3f}",
        f"{row.low:+.3f} .. {row.high:+.3f}",
        row.goal,
        met,
    ]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
