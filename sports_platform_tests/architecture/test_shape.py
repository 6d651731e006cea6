"""Sizes and names: what keeps the tree readable."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "sports_platform"
STAGES = ("core", "streams", "lake", "features", "models", "simulation", "portfolio", "ops", "orchestration")
_SOURCE_FOLDERS = ("sports_platform", "sports_platform_tests", "native", "benchmarks", "scripts")
_SOURCE_SUFFIXES = {".py", ".h", ".cc", ".inc", ".sh", ".sql"}
_MAX_LINES = 400
_VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "base"}


def sources() -> list[Path]:
    return [p for f in _SOURCE_FOLDERS for p in (REPOSITORY / f).rglob("*") if p.suffix in _SOURCE_SUFFIXES]


def test_no_source_file_is_long() -> None:
    lengths = {str(p.relative_to(REPOSITORY)): len(p.read_text().splitlines()) for p in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > _MAX_LINES} == {}


def test_no_module_has_a_vague_name() -> None:
    assert [str(p) for p in sources() if p.stem in _VAGUE or p.parent.name in _VAGUE] == []


@pytest.mark.parametrize("stage", STAGES)
def test_stage_packages_import_nothing(stage: str) -> None:
    assert (PACKAGE / stage / "__init__.py").read_text() == ""


def test_the_entry_point_is_small() -> None:
    assert len((PACKAGE / "definitions.py").read_text().splitlines()) <= 20


def test_no_stage_names_a_sport() -> None:
    below_sports = [p for stage in STAGES[1:7] for p in (PACKAGE / stage).rglob("*.py") if p.parent.name != "sources"]
    naming = [str(p.relative_to(PACKAGE)) for p in below_sports if re.search(r"""["']nfl["']""", p.read_text())]
    assert naming == []


@pytest.mark.parametrize("document", ["AGENTS.md", "README.md", "CONTRIBUTING.md"])
def test_paths_named_in_documents_exist(document: str) -> None:
    """A path in backticks is a file or folder of the repository, unless generated (.platform) or a pattern."""
    named = re.findall(r"`([\w.-]+(?:/[\w.*<>{}-]+)*/?)`", (REPOSITORY / document).read_text())
    paths = [name for name in named if "/" in name and not re.search(r"[*<>{}]", name)]
    assert paths
    roots = (REPOSITORY, PACKAGE)
    missing = [n for n in paths if not n.startswith(".platform") and not any((r / n).exists() for r in roots)]
    assert missing == []
