"""A grader that is told to stop, in a process of its own: halting kills whatever that process has started."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys, threading, time
import psutil
from courses.errors import GraderUnavailable
from courses.grading.runner import ProcessGrader
from courses.halting import HaltingGrader
from courses.services.ports import GradingJob, Limits
from courses.wiring import own_code_grader

sandboxed, said = sys.argv[1] == "sandboxed", []
grader = own_code_grader() if sandboxed else HaltingGrader(ProcessGrader())

def grade():
    try:
        grader.grade(GradingJob("while True: pass", limits=Limits(wall=60, cpu=60)))
    except GraderUnavailable as error:
        said.append(str(error))

thread = threading.Thread(target=grade, daemon=True)
thread.start()
def depth(process):
    try:
        return len(process.parents())
    except psutil.NoSuchProcess:  # ended since it was listed
        return 0

def is_running():  # a run is forked from a process of its own, which a sandbox has two above
    below = [depth(child) for child in psutil.Process().children(recursive=True)]
    return max(below, default=0) - depth(psutil.Process()) >= (4 if sandboxed else 2)

while not is_running():
    time.sleep(0.05)
began = time.monotonic()
grader.halt()
thread.join()
took = time.monotonic() - began
grade()
left = [child.name() for child in psutil.Process().children(recursive=True)]
print(json.dumps({"said": said, "took": took, "left": left}))
"""


@pytest.mark.parametrize("kind", ["plain", "sandboxed"])
def test_halting(kind: str) -> None:
    """What runs is killed at once and held against nobody; nothing more is run; no process is left."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, kind], capture_output=True, text=True, check=True, timeout=60
    )
    found = json.loads(done.stdout)
    assert found["said"] == ["The server is stopping. Please try again in a minute."] * 2
    assert found["took"] < 30  # of the sixty that the code would have
    assert found["left"] == []
