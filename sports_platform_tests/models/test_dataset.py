import numpy as np
import pytest

from sports_platform.core.errors import DataQualityError, MissingDataError, SchemaError
from sports_platform.models.dataset import PlayData, split_by_week
from sports_platform.sports.nfl import NflDomain
from sports_platform_tests.models import synthetic


def arrays(table) -> PlayData:
    return PlayData.from_table(table, synthetic.spec().inputs, synthetic.spec().names("key"), NflDomain().model)


def test_rows_come_in_one_order_whatever_the_scan_order():
    table = synthetic.table(400, seed=1)
    mixed = table.take(np.random.default_rng(2).permutation(400))
    one, other = arrays(table), arrays(mixed)
    assert (one.features_NF == other.features_NF).all()
    assert (one.labels["yards"].low == other.labels["yards"].low).all()


def test_the_last_weeks_are_held_out_and_never_fitted():
    training, held_out = split_by_week(synthetic.data(800, weeks=8), 3)
    assert held_out.weeks == ["2015_wk09", "2015_wk10", "2015_wk11"]
    assert training.weeks == [f"2015_wk{number:02d}" for number in range(4, 9)]
    assert training.rows + held_out.rows == 800
    assert not set(training.game_ids) & set(held_out.game_ids)


def test_too_few_weeks_to_validate_is_an_error():
    with pytest.raises(MissingDataError, match="more than 6 weeks"):
        split_by_week(synthetic.data(200, weeks=6), 6)


def test_missing_inputs_nulls_and_foreign_classes_are_refused():
    table = synthetic.table(200, seed=1)
    with pytest.raises(SchemaError, match="down_3"):
        arrays(table.drop_columns(["down_3"]))
    with pytest.raises(DataQualityError, match="ydstogo"):
        arrays(replaced(table, "ydstogo", np.full(200, np.nan, dtype=np.float32)))
    with pytest.raises(DataQualityError, match="play_type"):
        arrays(replaced(table, "label_play_type", np.full(200, 9)))


def replaced(table, name, values):
    return table.set_column(table.column_names.index(name), name, [values])
