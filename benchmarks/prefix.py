"""What a learner waits for at a check when the chapter has a slow cell, with spares and without.

`python -m benchmarks.prefix` prints it.
"""

import statistics
import tempfile
import time
from pathlib import Path

from courses.grading.forked import SandboxLauncher, grading_config
from courses.grading.runner import ProcessGrader
from courses.sandbox.warm_server import WarmServer
from courses.services.ports import GradingJob

CELL_SECONDS = 5.0
ROUNDS = 5
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


def checks_after_a_slow_cell(rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Milliseconds of checks that do not pass; with spares, of all but the first."""
    name = f"check, {CELL_SECONDS:g} s author's cell before it"
    with tempfile.TemporaryDirectory() as folder:
        warm = WarmServer(grading_config(), Path(folder))
        try:
            return {
                f"{name}, without spares": _checks(warm, rounds, spares=0),
                f"{name}, with spares": _checks(warm, rounds + 1, spares=1)[1:],
            }
        finally:
            warm.stop()


def _checks(warm: WarmServer, rounds: int, spares: int) -> list[float]:
    """Each one comes when the learner has thought for long enough."""
    grader = ProcessGrader(SandboxLauncher(warm), spares=spares)
    values = []
    warm.zygote().wait_ready()
    for _ in range(rounds):
        started = time.perf_counter()
        report = grader.grade(CHECK)
        values.append(1000 * (time.perf_counter() - started))
        assert report.outcome == "failed", report
        if spares:
            _await_spare(grader)
    grader.spares.stop()
    grader.spares.join()
    return values


def _await_spare(grader: ProcessGrader) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not grader.spares.has(CHECK):
        if time.monotonic() > deadline:
            raise TimeoutError("There is no spare.")
        time.sleep(0.01)


if __name__ == "__main__":
    for what, figures in checks_after_a_slow_cell().items():
        print(f"{what:64} median {statistics.median(figures):7.1f} ms   n={len(figures)}")
