"""What a learner reads when a limit is met or Python ends: each time something of its own, and what to do."""

import pytest

from courses.grading.validators import judge_exercise
from courses.models.checkpoint import Exercise
from courses.services.ports import GradingJob, Limits

pytestmark = pytest.mark.xdist_group("grading")

LIMITS = Limits(wall=3, memory_mb=300, output=5000)
STOPPED = "Your code was stopped after 3 seconds. Is there a loop that never ends?"
GREEDY = "Your code used more memory than there is. Does something grow without end?"
CHATTY = "Your code printed more than can be shown. Is there a `print` in a loop that never ends?"
LEFT = "Your code left Python with `exit()` or the like, so nothing could be checked. Take that out."
ENDED = "Python ended in the middle of your code, so nothing could be checked."
CASES = {
    "loop": ("while True: pass", "timeout", STOPPED),
    "wait": ("import time\ntime.sleep(100)", "timeout", STOPPED),
    "growth": ("kept = []\nwhile True: kept.append(bytearray(10**6))", "memory", GREEDY),
    "print": ("while True: print('x' * 100)", "output", CHATTY),
    "exit": ("exit()", "crash", LEFT),
    "hard exit": ("import os\nos._exit(0)", "crash", ENDED),
    "segfault": ("import ctypes\nctypes.string_at(0)", "crash", ENDED),
    "abort": ("import os\nos.abort()", "crash", ENDED),
    "kill": ("import os\nos.kill(os.getpid(), 9)", "crash", ENDED),
}


@pytest.mark.parametrize("case", CASES)
def test_words(grader, case):
    """Through the grader and the validator, with both launchers."""
    source, outcome, words = CASES[case]
    report = grader.grade(GradingJob(source, tests="assert True", limits=LIMITS))
    verdict = judge_exercise(Exercise("?", "", "", timeout=LIMITS.wall), report)
    assert (verdict.outcome, verdict.passed) == (outcome, False)
    (feedback,) = verdict.feedback
    assert feedback.startswith(words)
