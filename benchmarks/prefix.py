"""What a learner waits for at a check when the chapter has a slow cell, with a spare and without.

A spare is a grading process in which the chapter's code has run before the check is asked for.
"""

import tempfile
import time
from pathlib import Path

from benchmarks.figures import OURS, Figure
from benchmarks.rounds import contest, milliseconds
from courses.grading.forked import SandboxLauncher, grading_config
from courses.grading.runner import ProcessGrader
from courses.sandbox.warm_server import WarmServer
from courses.services.ports import GradingJob, GradingReport

CELL_SECONDS = 5.0
ROUNDS = 5
WORK = f"a check behind an author's cell that takes {CELL_SECONDS:g} s"
WITHOUT = f"{OURS}, nothing made ready"
_PATIENCE = 60.0
SLOW_CELL = f"""
import time
end = time.monotonic() + {CELL_SECONDS}
while time.monotonic() < end:
    pass
values = [3, 5, 8]
"""
CHECK = GradingJob(
    "total = max(values)",
    tests='assert total == 16, "3 + 5 + 8 is 16."',
    hidden_tests="assert run(values=[]).total == 0",
    context=(SLOW_CELL,),
    on_behalf="a learner",
)


def checks_behind_a_slow_cell() -> list[Figure]:
    """Checks that do not pass, each when the learner has thought for long enough."""
    with tempfile.TemporaryDirectory() as folder:
        warm = WarmServer(grading_config(), Path(folder))
        launcher = SandboxLauncher(warm)
        sparing, bare = ProcessGrader(launcher, spares=1), ProcessGrader(launcher, spares=0)
        try:
            warm.zygote().wait_ready()
            turns = {
                OURS: lambda _round: _check(sparing, spare=True),
                WITHOUT: lambda _round: _check(bare, spare=False),
            }
            return contest(WORK, "ms", turns, ROUNDS)
        finally:
            sparing.stop()
            bare.stop()


def _check(grader: ProcessGrader, *, spare: bool) -> float:
    """Milliseconds; the first one of a grader that keeps spares has none, and does not count."""
    reports: list[GradingReport] = []
    spent = milliseconds(lambda: reports.append(grader.grade(CHECK)))
    if reports[0].outcome != "failed":
        raise RuntimeError(f"The check was judged {reports[0]}.")
    deadline = time.monotonic() + _PATIENCE
    while spare and not grader.spares.has(CHECK):
        if time.monotonic() > deadline:
            raise TimeoutError("There is no spare.")
        time.sleep(0.01)
    return spent
