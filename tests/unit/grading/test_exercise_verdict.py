import pytest

from courses.grading.validators import judge_exercise
from courses.models.checkpoint import CodeMistake, Exercise
from courses.models.verdict import TestResult
from courses.services.ports import GradingReport

QUESTION = Exercise("?", "", "", mistakes=(CodeMistake("x", "Not x."),), timeout=5)


def test_passed():
    """A passed run is a right answer with its tests and its output."""
    tests = (TestResult("t", True),)
    verdict = judge_exercise(QUESTION, GradingReport("passed", tests, printed="hi"))
    assert verdict.passed and verdict.score == 1.0
    assert (verdict.tests, verdict.printed) == (tests, "hi")


def test_recognised_mistake():
    """The author's words to a foreseen mistake stand alone."""
    assert judge_exercise(QUESTION, GradingReport("failed", mistake=0)).feedback == ("Not x.",)


def test_failed_share():
    """A failed run scores the share of tests that pass, never everything."""
    verdict = judge_exercise(
        QUESTION, GradingReport("failed", (TestResult("a", True), TestResult("b", False)))
    )
    assert not verdict.passed and 0 < verdict.score < 1
    assert verdict.feedback == ("1 of 2 tests pass.",)


@pytest.mark.parametrize("outcome", ["timeout", "memory", "processes", "crash", "output", "unavailable"])
def test_limits(outcome):
    """Each limit has words of its own."""
    verdict = judge_exercise(QUESTION, GradingReport(outcome))
    assert verdict.outcome == outcome and len(verdict.feedback) == 1


def test_name_that_lives_elsewhere():
    """A name that only the live session knows gets an explanation of what Check runs."""
    report = GradingReport("error", traceback="your code, line 1\n    x\nNameError: name 'x' is not defined")
    assert "Check runs" in judge_exercise(QUESTION, report).feedback[0]
