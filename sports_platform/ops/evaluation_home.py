"""A home of its own for evaluating a folder of seasons: services, lake and features of every week up to a season.

Belongs here: taking the folder's weeks down the real road and leaving out those that are there. Scoring is
`models.comparison`; topics and tables have fixed names, so another home keeps the user's own apart.
"""

import hashlib
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.job import build
from sports_platform.features.store import weeks_built
from sports_platform.lake.bronze import ingest
from sports_platform.lake.silver import write_weeks
from sports_platform.lake.spark import spark_session
from sports_platform.models.artefacts import MODEL_NAME, ModelVersion, model_dir, open_version
from sports_platform.ops.services import running_services
from sports_platform.streams.publish import publish
from sports_platform.streams.sources.opening import open_source

OnNote = Callable[[str], None]


def evaluation_settings(settings: Settings, domain: SportDomain, folder: Path) -> Settings:
    """Settings whose home is `home/evaluate/<folder>-<digest>` and whose source is the folder.

    The digest is of the files' names and contents and of the feature version: neither changed data nor changed
    features meet an older lake, and a copy of the folder meets its own. Prices are the folder's own, never the one
    salary file of a contest.
    """
    files = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in sorted(folder.glob("*.parquet"))]
    digest = hashlib.sha256(repr((domain.features.version, files)).encode()).hexdigest()[:10]
    home = settings.home / "evaluate" / f"{folder.resolve().name}-{digest}"
    return settings.model_copy(update={"home": home, "source": str(folder), "salaries": None}).with_absolute_paths()


def named_version(own: Settings, settings: Settings, name: str, model: str = MODEL_NAME) -> ModelVersion:
    """A version trained in the evaluation home `own`, or else in the user's own home; raises ArtefactError."""
    folders = [model_dir(home, model) / "versions" / name for home in (own, settings)]
    return open_version(next((folder for folder in folders if folder.exists()), folders[0]))


def prepare(settings: Settings, domain: SportDomain, season: int, on_note: OnNote) -> None:
    """Bring every week of the source up to the season's last into the home's feature tables.

    Raises MissingDataError when the source has no game of the season or of one before it.
    """
    weeks = _weeks_through(settings, domain, season)
    # All of them: a home that an earlier release made may lack a table of this one.
    built = set.intersection(*(weeks_built(settings, domain, table) for table in domain.features.tables))
    missing = [week for week in weeks if str(week) not in built]
    on_note(f"features of {len(weeks)} weeks in {settings.home}, {len(weeks) - len(missing)} of them there already")
    if missing:
        with running_services(settings):
            _walk(settings, domain, missing, on_note)


def _weeks_through(settings: Settings, domain: SportDomain, season: int) -> list[Week]:
    weeks = [week for week in domain.events.weeks(open_source(settings, domain)) if week.season <= season]
    found = sorted({week.season for week in weeks})
    if season not in found or len(found) == 1:
        raise MissingDataError(
            found=f"seasons {', '.join(map(str, found)) or 'none'} up to {season} in {settings.source}",
            needed=f"season {season} to score and at least one before it to train on",
            remedy="choose a later season, or add the files of earlier ones",
        )
    return weeks


def _walk(settings: Settings, domain: SportDomain, weeks: Sequence[Week], on_note: OnNote) -> None:
    source, spark = open_source(settings, domain), spark_session(settings)
    tables = []
    for spec in domain.tables.values():
        report = publish(settings, domain, source, spec, weeks)
        on_note(f"{report.topic}: {report.records} records published")
        # A folder may have no prices; features read a table that was never ingested as empty.
        tables += [spec] * (report.records > 0)
    ingest(settings, domain, spark, tables)
    for spec in tables:
        write_weeks(settings, domain, spec, weeks)
    on_note(f"lake: {', '.join(spec.name for spec in tables)}")
    # A season at a time, so that memory does not grow with the number of seasons.
    for season, of_season in groupby(weeks, key=lambda week: week.season):
        rows = build(settings, domain, spark, list(of_season)).rows
        counted = ", ".join(f"{table} {sum(counts.values())}" for table, counts in rows.items())
        on_note(f"features of {season}, rows: {counted}")
