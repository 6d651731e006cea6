"""Reading features: strictly before, pinned, ordered."""

import pyarrow.compute as pc
import pytest

from sports_platform.core.errors import MissingDataError
from sports_platform.core.weeks import Week
from sports_platform.features.store import read_features, snapshot_of
from sports_platform_tests.features.conftest import Built, Lake


def test_before_leaves_the_week_itself_out(lake: Lake, built: Built) -> None:
    rows = read_features(lake.settings, built.domain, "play_features", before=Week(2021, 3))
    assert pc.unique(rows["week_key"]).to_pylist() == ["2021_wk02"]
    with pytest.raises(MissingDataError, match="2021_wk02"):
        read_features(lake.settings, built.domain, "play_features", before=Week(2021, 2))


def test_rows_come_in_the_order_of_play(lake: Lake, built: Built) -> None:
    rows = read_features(lake.settings, built.domain, "play_features")
    keys = list(zip(*(rows[name].to_pylist() for name in ("week_key", "game_id", "play_index")), strict=True))
    assert keys == sorted(set(keys))


def test_players_come_in_the_order_of_play_and_part(lake: Lake, built: Built) -> None:
    rows = read_features(lake.settings, built.domain, "play_players", before=Week(2021, 3))
    keys = list(zip(*(rows[name].to_pylist() for name in ("game_id", "play_index", "role")), strict=True))
    assert keys == sorted(set(keys))
    assert pc.unique(rows["role"]).to_pylist() == ["passer", "target", "rusher"]


def test_a_snapshot_stays_readable_after_a_later_build(lake: Lake, built: Built) -> None:
    first = built.reports[Week(2021, 2)].snapshots["game_context"]
    pinned = read_features(lake.settings, built.domain, "game_context", snapshot_id=first)
    newest = read_features(lake.settings, built.domain, "game_context")
    assert (pinned.num_rows, newest.num_rows) == (4, 8)
    assert snapshot_of(pinned) == first != snapshot_of(newest)
