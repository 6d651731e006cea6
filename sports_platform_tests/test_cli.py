"""The commands as a person types them."""

import subprocess
import sys
import time

import pytest
import typer
import yaml

from sports_platform.cli import app, main
from sports_platform.cli.memory import PeakMemory
from sports_platform.core.errors import MissingDataError, SettingsError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.catalog import load_table
from sports_platform.models.fit import DivergedError, TrainConfig
from sports_platform.models.sweep import results
from sports_platform.streams.sources.sample import sample_folder
from sports_platform_tests.integration.conftest import sample_for
from sports_platform_tests.models.sweep_process import BASE, opened
from sports_platform_tests.models.test_train import DOMAIN, LAST, filled

VERBS = (
    "publish ingest silver features online train gate promote rollback simulate portfolio report lineage demo services "
    "backfill evaluate reproduce surrogate train-member winprob fidelity replay sweep"
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SPORTS_HOME", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def test_every_stage_has_a_command() -> None:
    names = set(typer.main.get_command(app).commands)
    assert names == set(VERBS.split())


def test_an_error_is_three_lines_and_exit_code_1(home, capsys) -> None:
    assert run("publish", "2015_week12") == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert lines[0] == "SettingsError"
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["found", "needed", "do"]


def test_replay_prints_the_share_and_what_differs(data_dir, home, capsys) -> None:
    assert run("replay", "--data", str(data_dir / "nfl"), "--season", "2015") == 0
    rows = [[cell.strip() for cell in line.split("|")] for line in capsys.readouterr().out.splitlines()]
    season = next(row for row in rows if len(row) > 1 and row[1] == "2015")
    plays, reproduced = int(season[2]), int(season[3])
    differing = [int(row[2]) for row in rows if len(row) == 4 and row[1] != "what differs" and row[2].isdecimal()]
    assert plays - reproduced == sum(differing) > 0
    assert season[4] == f"{100 * reproduced / plays:.2f} %"


def test_traceback_on_request(home) -> None:
    with pytest.raises(SettingsError):
        main(["--traceback", "publish", "2015_week12"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["publish", "2015_wk22"], "no games from 2015_wk22"),
        (["publish", "2015_wk12"], "sports-platform services start"),
        (["silver", "2015_wk12"], "no table nfl.bronze_plays"),
        (["train", "2015_wk12"], "found:"),
        (["reproduce", "play_model", "2015_wk12"], "train the week first"),
        (["sweep", "2015_wk12", "--show"], "found:"),
        (["rollback"], "no promotion in force"),
        (["simulate", "2015_wk12"], "promoted models: none"),
        (["portfolio", "2015_wk12"], "no scenarios in"),
        (["surrogate", "2015_wk12"], "no scenarios in"),
        (["lineage", "nfl", "2015_wk12"], "no lineage.json"),
        (["lineage", "chess", "2015_wk12"], "sport 'chess'"),
    ],
)
def test_an_empty_home_says_what_is_missing(home, capsys, arguments: list[str], expected: str) -> None:
    assert run(*arguments) == 1
    assert expected in capsys.readouterr().err


def test_services_status_of_an_empty_home(home, capsys) -> None:
    assert run("services", "status") == 1
    assert capsys.readouterr().out.count("not running") == 3


def test_demo_refuses_a_week_without_prices_before_any_work(settings, domain) -> None:
    from sports_platform.orchestration.road import walk

    sample = settings.model_copy(update={"source": str(sample_folder("nfl"))})
    steps: list[object] = []
    with pytest.raises(MissingDataError, match="no salaries of 2013_wk06"):
        walk(sample, domain, [Week(2013, 6)], republish=False, on_step=steps.append, on_note=print)
    assert steps == []


def test_stages_run_without_dagster(settings, domain, spark, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("sports_platform.cli.stages.domain_of", lambda _: domain)
    source = settings.model_copy(update={"source": str(sample_for(domain.name, tmp_path / "season"))})
    monkeypatch.setattr("sports_platform.core.settings.Settings.load", lambda: source)
    for arguments in (["publish", "2015_wk11", "2015_wk12"], ["ingest"], ["silver", "2015_wk11", "2015_wk12"]):
        assert run(*arguments) == 0, capsys.readouterr().err
    assert "2 weeks touched" in capsys.readouterr().out
    rows = load_table(settings, f"{domain.name}.plays").scan().to_arrow()
    assert set(rows["week_key"].to_pylist()) == {"2015_wk11", "2015_wk12"}


def test_help_is_quick_because_it_imports_no_stage() -> None:
    code = (
        "import sys; from sports_platform.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print({'torch', 'pyspark', 'dagster', 'mlflow'} & set(sys.modules), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stderr.strip() == "set()"


def test_peak_memory_sees_children() -> None:
    hog = "import time; b = bytearray(200_000_000); print('ready', flush=True); time.sleep(60)"
    with PeakMemory([]) as memory, subprocess.Popen([sys.executable, "-c", hog], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        deadline = time.monotonic() + 10
        while memory.highest < 200_000_000 and time.monotonic() < deadline:
            time.sleep(0.1)
        child.kill()
    assert memory.highest > 200_000_000


def test_a_sweep_goes_on_where_it_stopped_and_prints_the_best_first(tmp_path, monkeypatch, capsys) -> None:
    settings = filled(Settings(home=tmp_path, threads=1))
    monkeypatch.setattr("sports_platform.core.settings.Settings.load", lambda: settings)
    monkeypatch.setattr("sports_platform.cli.sweep.domain_of", lambda _: DOMAIN)
    base = tmp_path / "base.yaml"
    base.write_text(yaml.safe_dump(BASE.model_dump()))
    command = ("sweep", str(LAST), "--base", str(base))
    assert run(*command, "--show") == 1
    assert f"sports-platform sweep {LAST}" in capsys.readouterr().err
    assert run(*command, "--trials", "2") == 0
    assert "trial_001 (2 of 2): complete" in capsys.readouterr().out
    assert run(*command, "--trials", "3") == 0
    printed = capsys.readouterr().out
    assert "(1 of 3)" not in printed
    assert "trial_002 (3 of 3): complete" in printed
    found = results(opened(settings))
    assert [line.split()[1] for line in printed.splitlines() if line.startswith("│")] == [t.name for t in found]
    assert run(*command, "--show") == 0
    shown = capsys.readouterr().out
    assert printed.endswith(shown)
    best = yaml.safe_load(shown[shown.index("members:") :])
    assert TrainConfig.model_validate(best) == opened(settings).found(found[0])


def test_a_trial_that_diverges_does_not_end_the_sweep(tmp_path, monkeypatch, capsys) -> None:
    settings = filled(Settings(home=tmp_path, threads=1))
    monkeypatch.setattr("sports_platform.core.settings.Settings.load", lambda: settings)
    monkeypatch.setattr("sports_platform.cli.sweep.domain_of", lambda _: DOMAIN)

    def diverge(*_: object, **__: object) -> None:
        raise DivergedError(found="validation loss nan", needed="a finite loss", remedy="a smaller rate")

    monkeypatch.setattr("sports_platform.models.sweep.fit", diverge)
    monkeypatch.setattr("sports_platform.models.sweep.log_trial", lambda *_: None)
    base = tmp_path / "base.yaml"
    base.write_text(yaml.safe_dump(BASE.model_dump()))
    assert run("sweep", str(LAST), "--trials", "2", "--base", str(base)) == 0
    printed = capsys.readouterr().out
    assert printed.count("failed, validation loss nan") == 2
    assert "members:" not in printed


def test_evaluate_names_the_seasons_it_needs(home, capsys) -> None:
    folder = str(sample_folder("nfl"))
    assert run("evaluate", "play_model", "--data", folder, "--season", "1999") == 1
    assert "season 1999 to score" in capsys.readouterr().err
