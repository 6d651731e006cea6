"""Week partitions and how weeks depend on one another; the partitions of a sweep.

Keys are static and come from the configured source's own calendar: exactly the weeks that have games, in
order, so that Dagster's ranges work and no empty week can be asked for. New weeks of a season appear when
the code location is reloaded; dynamic partitions would need a writer of their own and have no ranges.
"""

from collections.abc import Sequence
from itertools import groupby

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.trial import trial_names
from sports_platform.streams.sources.opening import open_source

WeekPartitions = dg.StaticPartitionsDefinition

# One run for a range of weeks: a Spark session costs about 12 s, a week's work far less.
SINGLE_RUN = dg.BackfillPolicy.single_run()


def week_partitions(settings: Settings, domain: SportDomain) -> WeekPartitions:
    """A partition a week of the source's calendar, in order."""
    weeks = domain.events.weeks(open_source(settings, domain))
    return WeekPartitions([str(week) for week in sorted(weeks)])


def trial_partitions(settings: Settings) -> dg.StaticPartitionsDefinition:
    """A partition a trial of a sweep; which week they are of is said when they run."""
    return dg.StaticPartitionsDefinition(trial_names(settings.trials))


def weeks_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> list[Week]:
    """The weeks this step covers: one, or a whole range in a single run."""
    return [Week.parse(key) for key in context.partition_keys]


def week_of(context: dg.AssetExecutionContext) -> Week:
    """The one week of a step that never covers a range."""
    return Week.parse(context.partition_key)


def earlier_weeks(partitions: WeekPartitions) -> dg.StaticPartitionMapping:
    """Each week depends on all weeks before it, and on none after: what a model trained as of a week reads.

    `AllPartitionMapping` would also draw the weeks to come, as if the model looked ahead.
    """
    keys = partitions.get_partition_keys()
    return dg.StaticPartitionMapping({key: keys[index + 1 :] for index, key in enumerate(keys)})


def range_tags(first: str, last: str) -> dict[str, str]:
    """Run tags that make one run cover the partitions from `first` to `last`, both included."""
    return {
        "dagster/asset_partition_range_start": first,
        "dagster/asset_partition_range_end": last,
    }


def contiguous(keys: Sequence[str], wanted: set[str]) -> list[tuple[str, str]]:
    """The fewest (first, last) ranges of `keys` that hold exactly the `wanted` ones."""
    runs = groupby(keys, key=wanted.__contains__)
    blocks = [list(block) for is_wanted, block in runs if is_wanted]
    return [(block[0], block[-1]) for block in blocks]
