"""One game of the test league, snap by snap, as nflverse rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sports_platform.sports.nfl.raw import RAW_COLUMNS
from sports_platform.sports.nfl.tables import PLAYS
from sports_platform_tests.league.truth import Truth

_FLAGS = [column.name for column in PLAYS.columns if column.unit == "0/1"]
_BLANK: Mapping[str, object] = dict.fromkeys(RAW_COLUMNS["play_by_play"]) | dict.fromkeys(_FLAGS, 0)
_ROLES = ("WR", "WR", "WR", "WR", "TE", "TE", "RB", "RB")
_QUARTER = 900


@dataclass(frozen=True)
class Team:
    """A team and its players; ids are the team's code and a number."""

    code: str

    @cached_property
    def skill_players(self) -> list[tuple[str, str, str]]:
        """(id, name, position): the quarterback, then receivers in the order of their shares."""
        return [self._player(number, position) for number, position in enumerate(("QB", *_ROLES))]

    @cached_property
    def players(self) -> list[tuple[str, str, str]]:
        """Skill players, the kicker and three pass rushers."""
        return self.skill_players + [self._player(9 + n, p) for n, p in enumerate(("K", "LB", "LB", "LB"))]

    def _player(self, number: int, position: str) -> tuple[str, str, str]:
        return f"{self.code}-{number:07d}", f"{position} {self.code} {'abcdefghijklm'[number]}", position

    def id(self, number: int) -> str:
        return self.players[number][0]


class Game:
    """Draws a game; afterwards `score` holds the result."""

    def __init__(self, rng: np.random.Generator, truth: Truth, season: int, week: int, away: Team, home: Team) -> None:
        self.season, self.week, self.away, self.home = season, week, away, home
        self.game_id = f"{season}_{week:02d}_{away.code}_{home.code}"
        self.score = {away: 0, home: 0}
        self._rng, self._truth = rng, truth
        self._rows: list[dict[str, object]] = []
        self._quarter, self._clock, self._drive = 1, _QUARTER, 0
        self._offence, self._down, self._to_go, self._yardline = home, 1, 10, 75

    def play(self) -> list[dict[str, object]]:
        for half, receiver in ((1, self.home), (2, self.away)):
            self._quarter, self._clock = 2 * half - 1, _QUARTER
            self._kick_off(receiver)
            while self._quarter <= 2 * half:
                self._snap()
        return self._rows

    @property
    def _defence(self) -> Team:
        return self.away if self._offence is self.home else self.home

    def _snap(self) -> None:
        truth, draw = self._truth, self._rng.random
        if self._down == 4:
            self._kick()
        elif draw() < truth.penalty_rate and self._yardline < 90:
            self._row(
                "no_play", penalty=1, penalty_yards=5, penalty_team=self._offence.code, penalty_type="False Start"
            )
            self._yardline, self._to_go = self._yardline + 5, self._to_go + 5
            self._tick(6)
        elif draw() < truth.pass_rate:
            self._pass()
        else:
            self._run()

    def _pass(self) -> None:
        truth, draw = self._truth, self._rng.random
        passer = {"qb_dropback": 1, "pass_attempt": 1, "passer_player_id": self._offence.id(0)}
        if draw() < truth.sack_rate:
            rusher = self._defence.id(10 + int(self._rng.integers(3)))
            return self._gain(-7, "pass", sack=1, sack_player_id=rusher, **passer)
        target = int(self._rng.choice(8, p=truth.target_shares))
        thrown = passer | {"receiver_player_id": self._offence.id(1 + target), "air_yards": 6}
        caught = draw()
        if caught < truth.completion_rate:
            yards = self._within(int(self._rng.geometric(1 / truth.completion_yards)))
            credited = {"passing_yards": yards, "receiving_yards": yards}
            return self._gain(yards, "pass", complete_pass=1, **thrown, **credited)
        if caught < truth.completion_rate + truth.interception_rate:
            self._row("pass", interception=1, interception_player_id=self._defence.id(10), yards_gained=0, **thrown)
            self._tick(6)
            return self._turn_over(100 - self._yardline)
        return self._gain(0, "pass", incomplete_pass=1, **thrown)

    def _run(self) -> None:
        truth = self._truth
        runner = self._offence.id((7, 8, 0)[int(self._rng.choice(3, p=truth.carry_shares))])
        yards = self._within(round(float(self._rng.normal(*truth.run_yards))))
        credited = {"rush_attempt": 1, "rusher_player_id": runner, "rushing_yards": yards}
        if self._rng.random() < truth.fumble_lost_rate:
            lost = {"fumble": 1, "fumble_lost": 1, "fumbled_1_player_id": runner, "fumbled_1_team": self._offence.code}
            recovered = {
                "fumble_recovery_1_player_id": self._defence.id(11),
                "fumble_recovery_1_team": self._defence.code,
            }
            yards = credited["rushing_yards"] = min(yards, self._yardline - 1)
            self._row("run", yards_gained=yards, **credited, **lost, **recovered)
            self._tick(30)
            return self._turn_over(100 - self._yardline + yards)
        return self._gain(yards, "run", **credited)

    def _within(self, yards: int) -> int:
        return max(min(yards, self._yardline), self._yardline - 99)

    def _gain(self, yards: int, play_type: str, **columns: object) -> None:
        yards = self._within(yards)
        if yards == self._yardline:
            scorer = columns.get("receiver_player_id") or columns.get("rusher_player_id")
            kind = "pass_touchdown" if play_type == "pass" else "rush_touchdown"
            scored = {"touchdown": 1, kind: 1, "td_team": self._offence.code, "td_player_id": scorer}
            self._row(play_type, points=6, yards_gained=yards, **scored, **columns)
            self._tick(8)
            return self._try()
        first = yards >= self._to_go
        self._row(play_type, yards_gained=yards, first_down=int(first), **columns)
        self._yardline -= yards
        self._down, self._to_go = (1, min(10, self._yardline)) if first else (self._down + 1, self._to_go - yards)
        low, high = self._truth.seconds
        return self._tick(6 if columns.get("incomplete_pass") else int(self._rng.integers(low, high + 1)))

    def _kick(self) -> None:
        if self._yardline > 35:
            net = min(40, self._yardline - 10)
            self._row("punt", punt_attempt=1, kick_distance=net, return_yards=0)
            self._tick(10)
            return self._turn_over(100 - self._yardline + net)
        good = self._rng.random() < self._truth.field_goal_rate
        columns = {"field_goal_attempt": 1, "field_goal_result": "made" if good else "missed"}
        kicked = {"kick_distance": self._yardline + 18, "kicker_player_id": self._offence.id(9)}
        self._row("field_goal", points=3 * good, **columns, **kicked)
        self._tick(5)
        return self._kick_off(self._defence) if good else self._turn_over(max(100 - self._yardline - 8, 1))

    def _try(self) -> None:
        good = self._rng.random() < self._truth.extra_point_rate
        self._down, self._to_go, self._yardline = 0, 0, 15
        columns = {"extra_point_attempt": 1, "extra_point_result": "good" if good else "failed"}
        self._row("extra_point", points=int(good), kick_distance=33, kicker_player_id=self._offence.id(9), **columns)
        self._kick_off(self._defence)

    def _kick_off(self, receiver: Team) -> None:
        self._offence, self._down, self._to_go, self._yardline = receiver, 0, 0, 35
        self._drive += 1
        kicker = self._defence.id(9)
        self._row("kickoff", kickoff_attempt=1, touchback=1, kick_distance=65, kicker_player_id=kicker)
        self._down, self._to_go, self._yardline = 1, 10, 75

    def _turn_over(self, yardline: int) -> None:
        self._offence, self._down, self._yardline = self._defence, 1, min(max(yardline, 1), 99)
        self._to_go = min(10, self._yardline)
        self._drive += 1

    def _tick(self, seconds: int) -> None:
        self._clock -= seconds
        if self._clock <= 0:
            self._quarter, self._clock = self._quarter + 1, _QUARTER

    def _row(self, play_type: str, *, points: int = 0, **columns: object) -> None:
        """Append a row in the state before the snap, then score `points` for the offence."""
        mine, theirs = self.score[self._offence], self.score[self._defence]
        self.score[self._offence] += points
        second_quarter_left = _QUARTER * (self._quarter % 2)
        self._rows.append(
            dict(_BLANK)
            | {"game_id": self.game_id, "season": self.season, "week": self.week, "season_type": "REG"}
            | {"play_id": 10 * (len(self._rows) + 1), "drive": self._drive, "play_type": play_type}
            | {"home_team": self.home.code, "away_team": self.away.code}
            | {"posteam": self._offence.code, "defteam": self._defence.code}
            | {"qtr": self._quarter, "game_half": f"Half{(self._quarter + 1) // 2}"}
            | {"quarter_seconds_remaining": self._clock, "half_seconds_remaining": self._clock + second_quarter_left}
            | {"game_seconds_remaining": self._clock + _QUARTER * (4 - self._quarter)}
            | {"down": self._down or None, "ydstogo": self._to_go, "yardline_100": self._yardline}
            | {"goal_to_go": int(self._down > 0 and self._to_go == self._yardline)}
            | {"posteam_score": mine, "defteam_score": theirs, "score_differential": mine - theirs}
            | {"posteam_score_post": mine + points, "defteam_score_post": theirs}
            | {"posteam_timeouts_remaining": 3, "defteam_timeouts_remaining": 3}
            | columns
        )
