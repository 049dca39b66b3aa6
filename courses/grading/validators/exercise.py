"""From the report of a grading run to what the learner is told."""

import re
from dataclasses import replace

from courses.grading.validators.recognised import recognised, recognised_places
from courses.models.checkpoint import Exercise
from courses.models.phrases import phrase
from courses.models.verdict import TestResult, Verdict
from courses.services.ports import GradingReport

_LAST_NAME = re.compile(r"^(\w+)(?::|$)")
_LIMITS = {
    "memory": phrase("Your code used more memory than there is. Does something grow without end?"),
    "processes": phrase(
        "Your code started more processes than it may. Does a loop or a function start them without end?"
    ),
    "output": phrase(
        "Your code printed more than can be shown. Is there a `print` in a loop that never ends?"
    ),
    "crash": phrase(
        "Python ended in the middle of your code, so nothing could be checked. Something stopped it "
        "from outside: a call like `os._exit()`, too many processes, or a library used in a wrong way."
    ),
    "unavailable": phrase(
        "Your code could not be checked just now. This try does not count: please try again."
    ),
}
_LEFT = phrase("Your code left Python with `exit()` or the like, so nothing could be checked. Take that out.")
_ERRORS = {
    "NameError": phrase(
        "Python met a name that it does not know. Is it spelled as where you made it? Check runs "
        "this chapter's code and this cell, nothing that you typed elsewhere."
    ),
    "SyntaxError": phrase(
        "Python cannot read your code. Look at the marked place and just before it: is there a "
        "bracket, a quote or a colon missing?"
    ),
    "IndentationError": phrase(
        "Look at the spaces at the start of the lines: those that belong together start in the same column."
    ),
    "ModuleNotFoundError": phrase(
        "Python does not find the module that you import. Is its name spelled right?"
    ),
}


def judge_exercise(question: Exercise, report: GradingReport) -> Verdict:
    """The score of a failed try is the share of its tests that pass; a recognised mistake comes first."""
    passed = report.outcome == "passed"
    share = sum(test.passed for test in report.tests) / (len(report.tests) + 1)
    return Verdict(
        passed=passed,
        score=1.0 if passed else share,
        outcome=report.outcome,
        feedback=() if passed else _feedback(question, report),
        tests=tuple(_recognised(test) for test in report.tests),
        printed=report.printed,
        traceback=recognised_places(report.traceback),
    )


def _recognised(test: TestResult) -> TestResult:
    return replace(test, label=recognised(test.label), message=recognised(test.message))


def _feedback(question: Exercise, report: GradingReport) -> tuple[str, ...]:
    if report.mistake is not None:
        return (question.mistakes[report.mistake].feedback,)
    if report.outcome == "timeout":
        return (
            phrase(
                "Your code was stopped after {seconds:g} seconds. Is there a loop that never ends?",
                seconds=question.timeout,
            ),
        )
    if report.outcome == "error":
        return tuple(filter(None, [_ERRORS.get(_error_name(report.traceback))]))
    if report.outcome == "failed":
        return _failed_tests(report)
    if report.outcome == "crash" and _error_name(report.traceback) == "SystemExit":
        return (_LEFT,)
    return (_LIMITS[report.outcome],)


def _failed_tests(report: GradingReport) -> tuple[str, ...]:
    count = len(report.tests)
    if count < 2:
        return ()
    passed = sum(test.passed for test in report.tests)
    return (phrase("{passed} of {count} tests pass.", passed=passed, count=count),)


def _error_name(traceback: str) -> str:
    last = traceback.rstrip().rpartition("\n")[2]
    found = _LAST_NAME.match(last)
    return found[1] if found else ""
