"""The packaged sample of real games: what a first run reads when it is told nothing else.

Its files and their origin are described in `<sport>_sample/PROVENANCE.md`; `scripts/make_sample.py` makes them.
"""

from pathlib import Path

from sports_platform.streams.sources.directory import DirectorySource


def sample_folder(sport: str) -> Path:
    """Folder of a sport's packaged sample."""
    return Path(__file__).parent / f"{sport}_sample"


def open_sample(sport: str) -> DirectorySource:
    """The packaged sample as a source."""
    return DirectorySource(sample_folder(sport), sport, name="sample")
