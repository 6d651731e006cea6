"""A worker process: reads events as lines of JSON from standard input, answers on standard output.

Belongs here: the loop around the handler, as Lambda's runtime has it. An unexpected error ends the
process with its traceback on standard error; `pool` starts another.
"""

import json
import os
import sys

from sports_platform.core.errors import PlatformError
from sports_platform.portfolio.workers.handler import handle


def main() -> None:
    """Serve events until standard input closes."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # CBC prints to the C standard output: keep it out of the answers
    for line in sys.stdin:
        try:
            answer: object = handle(json.loads(line), None)
        except PlatformError as error:
            answer = {"error": type(error).__name__, "parts": [error.found, error.needed, error.remedy]}
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
