"""The whole road for weeks through Dagster's own assets, in this process, on the home's instance.

Belongs here: which assets run in which order for a demonstration or a back-fill, and telling the caller of each
step. Runs stay in the instance, so that the UI shows them afterwards.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.orchestration.build import build_definitions
from sports_platform.orchestration.instance import open_instance
from sports_platform.orchestration.keys import STAGES, stage_key, trial_key
from sports_platform.orchestration.partitions import contiguous, range_tags, week_partitions
from sports_platform.streams.sources.opening import open_source, slate_name

_POLL_SECONDS = 0.3
# Dagster's console log would bury the progress; everything stands in the instance's event log anyway.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_STEP_EVENTS = {
    dg.DagsterEventType.STEP_START,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.STEP_FAILURE,
}


@dataclass(frozen=True, slots=True)
class Step:
    """A finished step, by its asset's path; `seconds` is wall time."""

    name: str
    seconds: float
    succeeded: bool


OnStep = Callable[[Step], None]
OnNote = Callable[[str], None]


def walk(
    settings: Settings, domain: SportDomain, weeks: Sequence[Week], *, republish: bool, on_step: OnStep, on_note: OnNote
) -> None:
    """Publish, ingest and build features for every week up to the last; then model, lineups and report of `weeks`.

    Weeks are played in order of time, each against the champion that the weeks before it left.

    Weeks whose every table was published from this source before are not published again unless `republish`;
    the prices of `weeks` always are, since another salary file may be meant. Raises the PlatformError of the step
    that failed.
    """
    keys = _weeks_up_to(settings, domain, max(weeks))
    source = open_source(settings, domain)
    for week in weeks:  # without prices that fit the week the road ends before its last stages: say so at once
        slate_name(settings, domain, week)
        domain.events.events(source, domain.tables["slates"], week)
    definitions = build_definitions(settings, domain=domain)
    with open_instance(settings) as instance:
        runner = Runner(definitions, instance, on_step)
        published = _published(definitions, instance, source.name)
        wanted = set(keys) if republish else set(keys) - published
        on_note(f"publishing {len(wanted)} of {len(keys)} weeks ({len(keys) - len(wanted)} are in Kafka already)")
        for first, last in contiguous(keys, wanted):
            runner.run(_of_stages(definitions, "streams"), tags=range_tags(first, last))
        for week in weeks:
            if str(week) not in wanted:
                runner.run([stage_key(domain, "streams", "slates")], partition_key=str(week))
        runner.run(_lake_and_tables(definitions, domain), tags=range_tags(keys[0], keys[-1]))
        for week in sorted(weeks):
            runner.run(_of_the_week(definitions, domain), partition_key=str(week))


@dataclass(frozen=True)
class Runner:
    """Runs selections of a code location's assets in this process."""

    definitions: dg.Definitions
    instance: dg.DagsterInstance
    on_step: OnStep

    def run(
        self,
        selection: Sequence[dg.AssetKey],
        *,
        tags: Mapping[str, str] | None = None,
        partition_key: str | None = None,
    ) -> dg.ExecuteInProcessResult:
        """One run; raises the error of the step that failed."""
        run_id = str(uuid.uuid4())
        job = self.definitions.resolve_implicit_global_asset_job_def()
        with _following(self.instance, run_id, self.on_step):
            return job.execute_in_process(
                run_id=run_id,
                instance=self.instance,
                asset_selection=selection,
                tags=tags,
                partition_key=partition_key,
                run_config=_QUIET,
            )


def _weeks_up_to(settings: Settings, domain: SportDomain, week: Week) -> list[str]:
    keys = week_partitions(settings, domain).get_partition_keys()
    if str(week) not in keys:
        raise MissingDataError(
            found=f"no games in {week} (source {settings.source!r})",
            needed=f"a week between {keys[0]} and {keys[-1]} that has games",
            remedy="choose another week, or point SPORTS_SOURCE at a source that has it",
        )
    return list(keys[: keys.index(str(week)) + 1])


def _published(definitions: dg.Definitions, instance: dg.DagsterInstance, source: str) -> set[str]:
    """Weeks of which every table was last published from this source."""
    return set.intersection(*(weeks_from(instance, key, source) for key in _of_stages(definitions, "streams")))


def weeks_from(instance: dg.DagsterInstance, key: dg.AssetKey, source: str) -> set[str]:
    """Weeks of a publisher's asset whose newest materialization names the source."""
    latest: dict[str | None, object] = {}
    cursor = None
    while True:
        found = instance.fetch_materializations(key, limit=1000, cursor=cursor)
        for record in found.records:  # newest first
            named = record.asset_materialization.metadata["source"] if record.asset_materialization else None
            latest.setdefault(record.partition_key, named.value if named else None)
        cursor = found.cursor
        if not found.has_more:
            return {week for week, named in latest.items() if week is not None and named == source}


def _of_stages(definitions: dg.Definitions, *stages: str) -> list[dg.AssetKey]:
    keys = definitions.resolve_asset_graph().get_all_asset_keys()
    return sorted(key for key in keys if key.path[1] in stages)


def _lake_and_tables(definitions: dg.Definitions, domain: SportDomain) -> list[dg.AssetKey]:
    names = (*domain.features.summaries, *domain.features.tables)
    tables = [key for key in _of_stages(definitions, "features") if key.path[2] in names]
    return _of_stages(definitions, "lake") + tables


def _of_the_week(definitions: dg.Definitions, domain: SportDomain) -> list[dg.AssetKey]:
    others = {*_of_stages(definitions, "streams"), *_lake_and_tables(definitions, domain), trial_key(domain)}
    return [key for key in _of_stages(definitions, *STAGES) if key not in others]


@contextmanager
def _following(instance: dg.DagsterInstance, run_id: str, on_step: OnStep) -> Iterator[None]:
    """Tell `on_step` of each step of the run as it ends, while the block runs it."""
    over = Event()
    follower = Thread(target=_follow, args=(instance, run_id, on_step, over), name="follow-run")
    follower.start()
    try:
        yield
    finally:
        over.set()
        follower.join()


def _follow(instance: dg.DagsterInstance, run_id: str, on_step: OnStep, over: Event) -> None:
    started: dict[str, float] = {}
    cursor: str | None = None
    is_last = False
    while not is_last:
        is_last = over.wait(_POLL_SECONDS)
        found = instance.get_records_for_run(run_id, cursor=cursor, of_type=_STEP_EVENTS)
        cursor = found.cursor
        for record in found.records:
            entry = record.event_log_entry
            name = str(entry.step_key)
            if entry.get_dagster_event().event_type == dg.DagsterEventType.STEP_START:
                started[name] = entry.timestamp
            else:
                path, seconds = name.replace("__", "/"), entry.timestamp - started[name]
                on_step(Step(path, seconds, entry.get_dagster_event().is_step_success))
