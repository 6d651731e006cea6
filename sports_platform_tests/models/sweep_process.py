"""Trials in a process of their own, for tests that run several at once.

python -m sports_platform_tests.models.sweep_process HOME TRIAL...
"""

import sys
from pathlib import Path

from sports_platform.core.settings import Settings
from sports_platform.models.sweep import Sweep, open_sweep, run_trial
from sports_platform_tests.models import synthetic
from sports_platform_tests.models.test_train import DOMAIN, LAST

BASE = synthetic.QUICK.model_copy(update={"epochs": 2})


def opened(settings: Settings) -> Sweep:
    return open_sweep(settings, DOMAIN, LAST, BASE)


if __name__ == "__main__":
    for name in sys.argv[2:]:
        run_trial(opened(Settings(home=Path(sys.argv[1]), threads=1)), name)
