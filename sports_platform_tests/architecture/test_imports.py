"""The walls of the house: who may import whom, read from the source with `ast`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = "sports_platform"
FILES = sorted((REPOSITORY / PACKAGE).rglob("*.py"))

# Imports go down only: a part may import those after it, never those before it. Parts of one rank may meet.
RANKS = (
    {"orchestration", "definitions", "cli"},
    {"ops"},
    {"sports"},
    {"portfolio"},
    {"simulation"},
    {"models"},
    {"features"},
    {"lake"},
    {"streams"},
    {"core"},
)
STAGES = ("streams", "lake", "features", "models", "simulation", "portfolio")

# Each vendor's only homes, as file or folder prefixes inside the package.
HOMES = {
    "dagster": ("orchestration/", "definitions.py"),
    "dagster_pyspark": ("orchestration/",),
    "kafka": ("streams/",),
    "pyiceberg": ("lake/",),
    "pyspark": ("features/", "lake/", "orchestration/"),
    "redis": ("features/online.py", "portfolio/board.py", "ops/redis_server.py"),
    "mlflow": ("models/registry.py",),
    "mip": ("portfolio/milp.py",),
    "optuna": ("models/sweep.py",),
    "sklearn": ("models/",),
    "torch": ("models/", "sports/", "core/domain.py"),
}


def imports_of(path: Path, *, at_run_time: bool = False) -> Iterator[str]:
    """Full names of the modules a file imports; `at_run_time` leaves out `if TYPE_CHECKING:` blocks."""
    tree = ast.parse(path.read_text())
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if at_run_time and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            skipped.update(inner for statement in node.body for inner in ast.walk(statement))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def relative(path: Path) -> str:
    return path.relative_to(REPOSITORY / PACKAGE).as_posix()


def part_of(path: Path) -> str:
    return relative(path).split("/")[0].removesuffix(".py")


def rank(part: str) -> int:
    return next(index for index, parts in enumerate(RANKS) if part in parts)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_imports_go_down_only(path: Path) -> None:
    if part_of(path) == "__init__":
        return
    for name in imports_of(path):
        if name.startswith(f"{PACKAGE}."):
            target = name.split(".")[1]
            assert rank(target) >= rank(part_of(path)), f"{relative(path)} imports {name}, which lies above it"


@pytest.mark.parametrize("vendor", HOMES)
def test_a_vendor_has_one_home(vendor: str) -> None:
    guests = {
        relative(path)
        for path in FILES
        if any(name.split(".")[0] == vendor for name in imports_of(path))
        and not relative(path).startswith(HOMES[vendor])
    }
    assert not guests, f"{vendor} belongs in {HOMES[vendor]}"


def test_sports_do_not_import_one_another_and_stages_know_none() -> None:
    for path in FILES:
        for name in imports_of(path):
            if name.startswith(f"{PACKAGE}.sports."):
                sport = name.split(".")[2]
                own = relative(path).startswith((f"sports/{sport}", "sports/catalogue.py"))
                assert own or (sport == "catalogue" and part_of(path) not in STAGES), f"{relative(path)} imports {name}"


def module_file(name: str) -> Path | None:
    base = REPOSITORY.joinpath(*name.split("."))
    return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.exists()), None)


def test_the_lambda_worker_reaches_no_heavy_library() -> None:
    """A worker image stays small: follow every import of the handler, also those inside functions."""
    start = REPOSITORY / PACKAGE / "portfolio" / "workers" / "handler.py"
    seen, todo, vendors = set[Path](), [start], set[str]()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in imports_of(path, at_run_time=True):
            if name.startswith(PACKAGE):
                todo += [file for file in [module_file(name)] if file]
            else:
                vendors.add(name.split(".")[0])
    assert len(seen) > 1
    assert not vendors & {"torch", "pyspark", "mlflow", "kafka", "dagster", "pyiceberg", "matplotlib"}
