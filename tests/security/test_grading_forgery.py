"""Submissions that would decide by themselves whether they are right."""

from collections.abc import Iterator

import pytest

from courses.grading.runner import ProcessGrader
from courses.services.ports import Limits
from tests.security.grading_bench import check, sandboxed_grader

pytestmark = pytest.mark.xdist_group("grading-forgery")

NUMBER_LIKE = """
class Liar:
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __mod__ = __pow__ = __and__ = __floordiv__ = __sub__
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    def __abs__(self): return 0.0
    def __divmod__(self, other): return (2, 0)
    def __contains__(self, item): return True
    def __array__(self, *args, **kwargs): raise TypeError
    __array_priority__ = 1e9
def mean(values): return Liar()
"""


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessGrader]:
    with sandboxed_grader(tmp_path_factory.mktemp("run")) as grader:
        yield grader


@pytest.mark.parametrize(
    "test",
    [
        "assert abs(mean([1, 2, 3]) - 2) < 1e-9",
        "assert 2 - mean([1, 2, 3]) < 1e-9",
        "assert mean([5]) > 4",
        "assert 4 < mean([5])",
        "assert 1 <= mean([5]) <= 9",
        "assert mean([5]) % 5 == 0",
        "assert mean([5]) ** 2 == 0",
        "assert divmod(mean([5]), 2) == (2, 0)",
        "assert divmod(5, mean([5])) == (2, 0)",
        "assert 7 in mean([5])",
        "assert sum([mean([5])]) == 0",
        "assert max(mean([5]), 4) is not 4",
        "import numpy as np\nassert (np.array([5.0]) - mean([5]) < 1e-9).all()",
    ],
)
@pytest.mark.parametrize("part", ["tests", "hidden_tests"])
def test_a_number_like_object_is_close_to_nothing(grader: ProcessGrader, test: str, part: str) -> None:
    """Order, arithmetic and `in` with a value of the tests fail the test, and the learner reads why."""
    report = check(grader, NUMBER_LIKE, **{part: test})
    assert report.outcome == "failed", report
    assert "object of type `Liar` here" in report.tests[-1].message
    assert "Compare plain values" in report.detail


def test_objects_of_one_submission_meet_each_other(grader: ProcessGrader) -> None:
    """Their operators are what an exercise on operators asks for."""
    source = (
        "class Metres:\n"
        "    def __init__(self, n): self.n = n\n"
        "    def __add__(self, other): return Metres(self.n + other.n)\n"
        "    def __lt__(self, other): return self.n < other.n\n"
        "    def __neg__(self): return Metres(-self.n)\n"
        "    def __contains__(self, part): return part.n <= self.n"
    )
    tests = "assert (Metres(1) + Metres(2)).n == 3 and (-Metres(1)).n == -1\n"
    tests += "assert Metres(1) < Metres(2) and not Metres(2) < Metres(1) and Metres(1) in Metres(2)"
    assert check(grader, source, tests).outcome == "passed"


@pytest.mark.parametrize("low", ["2.5", "np.float64(2.5)", "np.array(2.5)", "Fraction(5, 2)"])
def test_plain_values_are_reckoned_with(grader: ProcessGrader, low: str) -> None:
    """Numbers, arrays and their scalars cross as values: tests do with them what they like."""
    source = f"import numpy as np\nfrom fractions import Fraction\nlow = {low}"
    tests = "assert abs(low - 2.5) < 1e-9 and 2 < low < 3 and float(low) in [2.5]"
    assert check(grader, source, tests).outcome == "passed"


STAND_IN = "class np:\n    allclose = staticmethod(lambda *a, **k: True)\ndef mean(values): return 0"
USES_NP = "assert np.allclose(mean([1, 2]), 1.5)"


@pytest.mark.parametrize("part", ["tests", "hidden_tests"])
def test_a_class_is_no_module(grader: ProcessGrader, part: str) -> None:
    """Where the solution imports numpy for the tests, something else of that name fails them."""
    solution = "import numpy as np\ndef mean(values): return np.mean(values)"
    proved = check(grader, solution, **{part: USES_NP})
    assert (proved.outcome, dict(proved.modules)) == ("passed", {"np": "numpy"})
    report = check(grader, STAND_IN, modules=dict(proved.modules), **{part: USES_NP})
    assert report.outcome == "failed", report
    other = "import math as np\ndef mean(values): return 1.5"
    assert check(grader, other, modules=dict(proved.modules), **{part: USES_NP}).outcome == "failed"
    assert check(grader, solution, modules=dict(proved.modules), **{part: USES_NP}).outcome == "passed"


def test_a_patched_module_is_the_real_one(grader: ProcessGrader) -> None:
    """Also the one that a submission is to import."""
    source = "import numpy as np\nnp.allclose = lambda *a: True\ndef mean(values): return 0"
    assert check(grader, source, USES_NP, modules={"np": "numpy"}).outcome == "failed"


ANSWER = """
from courses.grading.inside.run import Run
def said(self, message):
    return ANSWER
Run._perform = said
def f(values): return 0
"""


@pytest.mark.parametrize("part", ["tests", "hidden_tests"])
@pytest.mark.parametrize(
    "answer",
    [
        {"limit": "passed"},
        {"stopped": "passed"},
        {"stopped": "unavailable"},
        {"limit": ["passed"]},
        {"ended": "passed"},
        {"verdict": "passed"},
        ["value", True],
        {"value": {"t": "dict"}},
        {"value": True, "changed": 5},
        {},
        None,
        {"exc": 5},
        {"exc": {"bases": [], "args": 0}},
    ],
    ids=str,
)
def test_no_answer_is_a_verdict(grader: ProcessGrader, answer: object, part: str) -> None:
    """What a run says of its own end is one of the ends that there are, and counts as a try."""
    report = check(grader, ANSWER.replace("ANSWER", repr(answer)), **{part: "assert f([1]) == 1"})
    assert report.outcome in ("failed", "error", "crash", "output"), report


@pytest.mark.parametrize(
    "kind", ["BaseException", "GeneratorExit", "KeyboardInterrupt", "SystemExit", "Exception"]
)
def test_no_exception_is_a_free_try(grader: ProcessGrader, kind: str) -> None:
    """Whatever a submission raises while a hidden test runs, the try counts."""
    report = check(grader, f"def f(n): raise {kind}", hidden_tests='assert f(1) == 2, "No."')
    assert report.outcome in ("failed", "crash"), report
    assert report.tests[0].label == "No."


def test_tests_that_are_kept_busy_are_no_free_try(grader: ProcessGrader) -> None:
    """A value that a hidden test never gets through with meets the time limit, and the try counts."""
    limits = Limits(wall=1, cpu=1)
    report = check(
        grader, "def f(): return range(10**18)", hidden_tests="assert sum(f()) == 1", limits=limits
    )
    assert report.outcome == "timeout", report


def test_too_many_processes_have_words_of_their_own(grader: ProcessGrader) -> None:
    """They are no crash."""
    source = "import os, signal\nfor _ in range(90):\n    if os.fork() == 0: signal.pause()\nsignal.pause()"
    report = check(grader, source, "assert True")
    assert (report.outcome, report.detail) == (
        "processes",
        "The submission started more than 64 processes.",
    )
