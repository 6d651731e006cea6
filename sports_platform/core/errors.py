"""Every error a user of the platform can meet, one class a condition.

Belongs here: the base class and the conditions shared by several stages. A condition only one stage
knows lives in that stage and derives from `PlatformError`.
"""


class PlatformError(Exception):
    """A condition the user can act on: what was found, what was needed, what to do next."""

    def __init__(self, *, found: str, needed: str, remedy: str) -> None:
        self.found, self.needed, self.remedy = found, needed, remedy
        super().__init__(f"found: {found}\n  needed: {needed}\n  do: {remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the three parts when the error crosses a process border."""
        return _rebuild, (type(self), self.found, self.needed, self.remedy)


def _rebuild(kind: type[PlatformError], found: str, needed: str, remedy: str) -> PlatformError:
    return kind(found=found, needed=needed, remedy=remedy)


class SettingsError(PlatformError):
    """The environment holds a setting that cannot be used."""


class SchemaError(PlatformError):
    """A table or record lacks columns, has other types, or was written by a newer schema."""


class DataQualityError(PlatformError):
    """Rows break the ranges, keys or volume their table promises."""


class MissingDataError(PlatformError):
    """A week, game, file or artefact that the step needs does not exist."""


class ServiceDownError(PlatformError):
    """A broker, registry or Redis does not answer."""


class PortInUseError(PlatformError):
    """A port that a local service was told to use belongs to somebody else."""


class SalaryFileError(PlatformError):
    """A salary file is not one of the known DraftKings formats."""


class SalaryWeekError(SalaryFileError):
    """A salary file holds prices of another week than the one asked for."""


class LookAheadError(PlatformError):
    """Something known only after the cut-off was about to be used."""


class ArtefactError(PlatformError):
    """A stored artefact is damaged, incomplete or in a refused format."""


class EngineError(PlatformError):
    """The simulation engine stopped: bad input, a bad distribution, or an interrupted run."""


class InfeasibleError(PlatformError):
    """No lineup satisfies the rules together with the requested constraints."""
