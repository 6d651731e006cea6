"""Real plays through the engine's own rules: the call, without a model and without chance.

Belongs here: buffers and codes of se_replay. What a record means, and what is compared, is the sport's.
"""

from functools import partial

import numpy as np
import numpy.typing as npt

from sports_platform.core.domain import RawSource, ReplayReport, SportDomain
from sports_platform.core.errors import EngineError
from sports_platform.core.settings import Settings
from sports_platform.simulation.native import load_module

Int32 = npt.NDArray[np.int32]


def replay_season(settings: Settings, domain: SportDomain, source: RawSource, season: int) -> ReplayReport:
    """Every real play of a source's season, compared with what came next."""
    return domain.simulation.replay(source, season, partial(replay, settings, domain.simulation.engine))


def replay(settings: Settings, sport: str, plays_NP: Int32, state_width: int) -> Int32:
    """The state after each play [N, state_width], from records [N, P] in playing order; raises EngineError."""
    module = load_module(settings.tools / "native")
    ffi, lib = module.ffi, module.lib
    rows_NP = np.ascontiguousarray(plays_NP, np.int32)
    after_NS = np.zeros((len(rows_NP), state_width), np.int32)
    rows, after = ffi.from_buffer("int32_t[]", rows_NP), ffi.from_buffer("int32_t[]", after_NS, require_writable=True)
    if lib.se_replay(sport.encode(), *rows_NP.shape, rows, state_width, after) != lib.SE_OK:
        raise EngineError(
            found=ffi.string(lib.se_error(ffi.NULL)).decode(),
            needed="records of real plays as the engine's plug-in reads them",
            remedy="rebuild the engine from this version of the code with `make setup`, or mend the named play",
        )
    return after_NS
