"""A grader that is told to stop, in a process of its own: halting kills whatever that process has started."""

import json
import subprocess
import sys

PROGRAM = """
import json, threading, time
import psutil
from courses.errors import GraderUnavailable
from courses.grading.runner import ProcessGrader
from courses.halting import HaltingGrader
from courses.services.ports import GradingJob, Limits

grader, said = HaltingGrader(ProcessGrader()), []

def grade():
    try:
        grader.grade(GradingJob("while True: pass", limits=Limits(wall=60, cpu=60)))
    except GraderUnavailable as error:
        said.append(str(error))

thread = threading.Thread(target=grade)
thread.start()
while not psutil.Process().children(recursive=True):
    time.sleep(0.05)
began = time.monotonic()
grader.halt()
thread.join()
took = time.monotonic() - began
grade()
left = [child.name() for child in psutil.Process().children(recursive=True)]
print(json.dumps({"said": said, "took": took, "left": left}))
"""


def test_halting() -> None:
    """What runs is killed at once and held against nobody; nothing more is run; no process is left."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )
    found = json.loads(done.stdout)
    assert found["said"] == ["The server is stopping. Please try again in a minute."] * 2
    assert found["took"] < 5
    assert found["left"] == []
