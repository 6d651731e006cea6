"""Schemas of feature tables: read from YAML, compared with what a reader was made for."""

from pathlib import Path

import pytest

from sports_platform.core.errors import SchemaError
from sports_platform.features.spec import load_spec, require

_YAML = """
table: snaps
version: 1
meaning: a snap
columns:
  - {name: week_key, type: string, role: key, meaning: week}
  - {name: pace, type: float, role: context, meaning: pace, default: 27.0}
  - {name: down, type: float, role: state, meaning: down}
"""


def test_inputs_are_state_then_context(tmp_path: Path) -> None:
    path = tmp_path / "snaps.v1.yaml"
    path.write_text(_YAML)
    spec = load_spec(path)
    assert spec.inputs == ("down", "pace")
    require(spec, ["down", "pace"], reader="a model")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["down", "pace", "wind"], "lacks wind"),
        (["down"], "has beside them pace"),
        (["pace", "down"], "another order"),
    ],
)
def test_a_reader_made_for_other_columns_is_refused(tmp_path: Path, columns: list[str], message: str) -> None:
    path = tmp_path / "snaps.v1.yaml"
    path.write_text(_YAML)
    with pytest.raises(SchemaError, match=message):
        require(load_spec(path), columns, reader="a model")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_YAML.replace("role: state", "role: input"), "role"),
        (_YAML.replace("name: down", "name: pace"), "named twice: pace"),
        ("columns: [", "parsing"),
    ],
)
def test_a_wrong_schema_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(SchemaError, match=message):
        load_spec(path)
