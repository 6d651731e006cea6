"""The two sensors: end offsets moved -> bronze; bronze touched weeks -> silver and features of those weeks.

Stateless but for their cursors, and safe to repeat: a run key names exactly the state that asked for the run.
Off until switched on in the UI, so that opening the UI starts nothing.
"""

import json
from collections.abc import Mapping

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import ServiceDownError
from sports_platform.core.lineage import config_hash
from sports_platform.core.settings import Settings
from sports_platform.orchestration.jobs import bronze_selection, touched_selection
from sports_platform.orchestration.keys import bronze_key
from sports_platform.orchestration.partitions import WeekPartitions, contiguous, range_tags
from sports_platform.streams.freshness import positions

# Materializations of one bronze table read a tick; the rest follows in the next.
_BATCH = 100


def platform_sensors(domain: SportDomain, partitions: WeekPartitions) -> list[dg.SensorDefinition]:
    """Both sensors of a sport."""
    return [_new_records(domain), _touched_weeks(domain, partitions)]


def _new_records(domain: SportDomain) -> dg.SensorDefinition:
    topics = [table.topic(domain.name) for table in domain.tables.values()]

    @dg.sensor(
        name=f"{domain.name}_new_records",
        target=bronze_selection(domain),
        minimum_interval_seconds=30,
        description="Requests bronze when a topic's end offset has moved. Reads offsets, never records.",
    )
    def new_records(
        context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
    ) -> dg.SensorResult | dg.SkipReason:
        try:
            found = positions(settings, topics)
        except ServiceDownError as error:
            return dg.SkipReason(str(error))
        ends = {topic: {str(p): end for p, (end, _) in sorted(found[topic].items())} for topic in sorted(found)}
        cursor = json.dumps(ends, sort_keys=True)
        if cursor == context.cursor or not _any_record(ends):
            return dg.SkipReason("no topic has new records")
        return dg.SensorResult([dg.RunRequest(run_key=config_hash(ends))], cursor=cursor)

    return new_records


def _any_record(ends: Mapping[str, Mapping[str, int]]) -> bool:
    return any(end > 0 for by_partition in ends.values() for end in by_partition.values())


def _touched_weeks(domain: SportDomain, partitions: WeekPartitions) -> dg.SensorDefinition:
    keys = [bronze_key(domain, name) for name in domain.tables]

    @dg.sensor(
        name=f"{domain.name}_touched_weeks",
        target=touched_selection(domain),
        minimum_interval_seconds=30,
        description="Requests silver and features of the weeks that new bronze rows belong to, a run a range.",
    )
    def touched_weeks(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        cursor = {key: int(storage_id) for key, storage_id in json.loads(context.cursor or "{}").items()}
        weeks: set[str] = set()
        for key in keys:
            cursor[key.to_user_string()] = _collect(context.instance, key, cursor.get(key.to_user_string(), 0), weeks)
        state = json.dumps(cursor, sort_keys=True)
        ranges = contiguous(partitions.get_partition_keys(), weeks)
        requests = [
            dg.RunRequest(run_key=f"{config_hash(cursor)}:{first}:{last}", tags=range_tags(first, last))
            for first, last in ranges
        ]
        return dg.SensorResult(requests, cursor=state, skip_reason=None if requests else "bronze touched no week")

    return touched_weeks


def _collect(instance: dg.DagsterInstance, key: dg.AssetKey, after: int, weeks: set[str]) -> int:
    """Add the weeks of materializations newer than `after` to `weeks`; the newest storage id seen."""
    wanted = dg.AssetRecordsFilter(asset_key=key, after_storage_id=after)
    records = instance.fetch_materializations(wanted, limit=_BATCH, ascending=True).records
    for record in records:
        found = record.asset_materialization.metadata.get("weeks") if record.asset_materialization else None
        if isinstance(found, dg.JsonMetadataValue):
            weeks.update(map(str, found.data or ()))
    return records[-1].storage_id if records else after
