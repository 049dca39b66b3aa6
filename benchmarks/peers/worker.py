"""One peer, ready to work: `python -m benchmarks.peers.worker NAME FOLDER` in the peers' environment.

It prepares its work in FOLDER once, then does it once for each line on standard input, which is one word
of the work's, and answers with a line of JSON: {"ms": …} or {"error": …}. Whether the work was done right
is found out after the time is taken.
"""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

Work = Callable[[str], Callable[[], None]]
"""Does it, and returns what raises when it was not done right."""
PEERS = {
    "nbclient": "runners:nbclient_work",
    "nbclient chapter": "runners:nbclient_chapter",
    "papermill": "runners:papermill_work",
    "nbgrader API": "nbgraders:api_work",
    "nbgrader CLI": "nbgraders:cli_work",
    "otter API": "otters:api_work",
    "otter CLI": "otters:cli_work",
}


def main(name: str, folder: str) -> None:
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # peers print what they like, but not into the answers
    os.chdir(folder)
    module, function = PEERS[name].split(":")
    try:
        work: Work = getattr(importlib.import_module(f"benchmarks.peers.{module}"), function)(Path(folder))
    except Exception as error:
        answer(out, {"error": f"It could not be prepared: {error!r}"})
        return
    answer(out, {"ready": True})
    for line in sys.stdin:
        answer(out, once(work, line.strip()))


def once(work: Work, word: str) -> dict[str, object]:
    try:
        started = time.perf_counter()
        verify = work(word)
        spent = 1000 * (time.perf_counter() - started)
        verify()
    except Exception as error:
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"}
    return {"ms": spent}


def answer(out: object, record: dict[str, object]) -> None:
    print(json.dumps(record), file=out, flush=True)  # type: ignore[call-overload]


if __name__ == "__main__":
    main(*sys.argv[1:])
