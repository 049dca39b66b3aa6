"""What becomes of a submission: each outcome, what the learner is shown, and what stays hidden."""

import pytest

from courses.services.ports import Limits

pytestmark = pytest.mark.xdist_group("grading")

LOOP = {
    "context": ("values = [3, 5, 8]",),
    "tests": 'assert total == 16, "3 + 5 + 8 is 16."',
    "hidden_tests": 'assert run(values=[]).total == 0, "An empty list adds up to 0."\n'
    'assert run(values=[1, -1, 4]).total == 4, "Does it work for other lists?"',
    "mistakes": ("total = 0\nfor v in values:\n    total = v",),
}


def test_right(grade):
    """A right submission passes all its tests; of hidden ones only their number is told."""
    report = grade("total = 0\nfor v in values:\n    total += v", **LOOP)
    assert report.outcome == "passed", report
    assert [(t.passed, t.hidden) for t in report.tests] == [(True, False), (True, True), (True, True)]
    assert report.tests[0].label == "3 + 5 + 8 is 16."
    assert {t.label for t in report.tests[1:]} == {"A hidden test."}


def test_hard_coded(grade):
    """A hard-coded result passes the visible test and fails the hidden ones with the author's messages."""
    report = grade("total = 16", **LOOP)
    assert report.outcome == "failed"
    assert [t.passed for t in report.tests] == [True, False, False]
    assert report.tests[1].label == "An empty list adds up to 0."
    assert report.mistake is None


def test_input_assigned_in_the_cell(grade):
    """Repeating the chapter's `values = [...]` in the cell does not keep other values out."""
    source = "values = [3, 5, 8]\ntotal = 0\nfor v in values:\n    total += v"
    assert grade(source, **LOOP).outcome == "passed"


@pytest.mark.parametrize(
    "source",
    [
        "total=0\nfor v in values:\n  total = v  # the same tree",
        "total = 0\nfor item in values:\n    total = item",
    ],
)
def test_mistake_recognised(grade, source):
    """A foreseen mistake is recognised by its syntax tree, or by its values wherever the tests look."""
    report = grade(source, **LOOP)
    assert (report.outcome, report.mistake) == ("failed", 0)


def test_mistakes_that_stop_do_not_hide_others(grade):
    """A foreseen mistake that never ends, or dies, costs its time once, and hides no other."""
    mistakes = ("while x: x = 1", "import os; os._exit(0)", "y = x + 2")
    job = {"context": ("x = 1",), "tests": "assert y == 2", "mistakes": mistakes}
    assert grade("y = 1 + x + 1", wall=2, **job).mistake is None
    assert grade("y = 1 + x + 1", wall=20, **job).mistake == 2


def test_tests_that_never_end(grade):
    """Tests that never end by themselves are stopped too."""
    report = grade("x = 1", wall=1, tests="while True: pass", mistakes=("x = 2",))
    assert report.outcome == "timeout" and "tests" in report.detail


def test_mistake_not_recognised(grade):
    """Another wrong answer is not the foreseen one."""
    assert grade("total = max(values)\ntotal += 1", **LOOP).mistake is None


def test_mistake_that_raises(grade):
    """A foreseen mistake that stops with an error is recognised by its tree."""
    report = grade("total = valeus", tests="assert total", mistakes=("x = 1", "total  =  valeus"))
    assert (report.outcome, report.mistake) == ("error", 1)


def test_mistake_that_never_ends(grade):
    """A foreseen endless loop is recognised too."""
    report = grade("while  True:\n  pass", wall=1, tests="assert x", mistakes=("while True: pass",))
    assert (report.outcome, report.mistake) == ("timeout", 0)


def test_own_traceback(grade):
    """An error shows the learner's own frames, numbered as in their cell, and nothing of ours."""
    source = "def half(x):\n    return x / 0\n\nprint('before')\nhalf(3)\nprint('after')"
    report = grade(source, tests="assert True")
    assert report.outcome == "error"
    assert report.traceback == (
        "your code, line 5\n    half(3)\n"
        "your code, line 2, in half\n    return x / 0\n"
        "ZeroDivisionError: division by zero"
    )
    assert report.printed == "before\n"


def test_error_below_a_library(grade):
    """Frames of libraries are left out."""
    report = grade("import json\njson.loads('{')")
    assert report.traceback.startswith("your code, line 2\n    json.loads('{')\nJSONDecodeError")
    assert "decoder.py" not in report.traceback


def test_broken_syntax(grade):
    """Broken syntax points at its place in the cell."""
    report = grade("x = 1\nif x = 1:\n    pass")
    assert report.outcome == "error"
    assert "your code, line 2\n    if x = 1:\n       ^" in report.traceback
    assert "SyntaxError" in report.traceback


def test_endless_recursion(grade):
    """Deep recursion is an error like any other, with a traceback that fits on a page."""
    report = grade("def f(n):\n    return f(n)\nf(1)")
    assert report.outcome == "error"
    assert "RecursionError" in report.traceback and len(report.traceback.splitlines()) < 25


def test_visible_assertions_are_independent(grade):
    """Every visible assertion is reported; one that fails does not hide the next."""
    report = grade("def add(a, b):\n    return a * b", tests="assert add(2, 3) == 5\nassert add(2, 2) == 4")
    assert [t.passed for t in report.tests] == [False, True]
    assert report.tests[0].label == "assert add(2, 3) == 5"
    assert report.tests[0].message == "`add(2, 3)` gave `6`, but `5` was expected."


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("assert n == 5", "`n` is `4`, but `5` was expected."),
        ("assert 5 == n", "`n` is `4`, but `5` was expected."),
        ("assert n > 4", "`n` is `4`, but it should be more than `4`."),
        ("assert n in [1, 2]", "`n` is `4`, which is not in `[1, 2]`."),
        ("assert even(3)", "`even(3)` gave `False`, which does not hold."),
        ("assert missing", "Your code did not make the name `missing`."),
        ("assert n[0] == 1", "TypeError: 'int' object is not subscriptable"),
    ],
)
def test_visible_explanations(grade, test, message):
    """A visible assertion without a message says what it compared."""
    report = grade("n = 4\ndef even(n):\n    return n % 2 == 0", tests=test)
    assert report.outcome == "failed"
    assert report.tests[0].message == message


def test_statement_that_stops(grade):
    """The first statement that fails without being an assertion ends the visible tests."""
    report = grade("x = 1", tests="y = nothing + 1\nassert x == 1")
    assert len(report.tests) == 1 and report.tests[0].label == "y = nothing + 1"


def test_loop_of_assertions_is_one_test(grade):
    """A loop with assertions in it counts as one test."""
    report = grade("def sq(n):\n    return n * n", tests="for n in range(5):\n    assert sq(n) == n ** 2")
    assert [t.passed for t in report.tests] == [True]


def test_error_in_a_function(grade):
    """A function that raises in a visible test shows its own traceback."""
    report = grade("def first(xs):\n    return xs[0]", tests='assert first([]) is None, "Empty lists too."')
    assert report.outcome == "error"
    assert report.tests[0].label == "Empty lists too."
    assert report.tests[0].message == "IndexError: list index out of range"
    assert "your code, line 2, in first" in report.traceback


def test_hidden_error_tells_type_and_line(grade):
    """An error during a hidden test tells its type and the learner's line; the rest is withheld."""
    source = "def f(values):\n    print('seen', values)\n    raise ValueError(values)"
    report = grade(source, hidden_tests='assert f([41, 42]) == 1, "Try two numbers."')
    assert report.outcome == "failed"
    assert report.tests[0].label == "Try two numbers."
    assert report.tests[0].message == "ValueError in line 3 of your code."
    assert "41" not in repr(report)


def test_hidden_without_message(grade):
    """A hidden test without a message gives nothing of itself away."""
    report = grade("def f(n):\n    return 0", hidden_tests="assert f(7) == 1234")
    assert report.tests[0].label == "A hidden test does not pass yet."
    assert "1234" not in repr(report) and "7" not in repr(report)


def test_printed_before_hidden_tests(grade):
    """Shown is what the submission and the visible tests printed."""
    source = "print('a')\ndef f(x):\n    print('called', x)\n    return x"
    report = grade(source, tests="assert f(1) == 1", hidden_tests="assert f(99) == 99")
    assert report.printed == "a\ncalled 1\n"


def test_timeout(grade):
    """An endless loop meets the time limit, and what it printed is kept."""
    report = grade("print('on')\nwhile True:\n    pass", wall=1)
    assert report.outcome == "timeout" and report.printed == "on\n"


def test_timeout_in_a_hidden_test(grade):
    """A function that hangs in a hidden test shows nothing that it printed there."""
    source = "def f(n):\n    print('n is', n)\n    while n: pass\n    return n"
    report = grade(source, wall=1, tests="assert f(0) == 0", hidden_tests="assert f(77) == 77")
    assert report.outcome == "timeout"
    assert report.printed == "n is 0\n"
    assert [t.passed for t in report.tests] == [True]


def test_endless_printing(grade):
    """Printing without end meets the output limit, and its beginning is kept."""
    report = grade("while True: print('x' * 100)", limits=Limits(output=5000))
    assert report.outcome == "output"
    assert 1000 < len(report.printed) <= 5000


def test_printing_by_a_child_process(grade):
    """Output of commands is counted and shown like the submission's own."""
    assert grade("!echo hello").printed == "hello\n"
    report = grade("!head -c 100000 /dev/zero | tr '\\0' x", limits=Limits(output=5000))
    assert report.outcome == "output"


def test_memory(grade):
    """Memory without end is an outcome of its own."""
    report = grade("x = bytearray(10**10)", limits=Limits(memory_mb=300))
    assert report.outcome == "memory"
    assert "your code, line 1" in report.traceback
    in_function = grade("def f():\n    return 'x' * 10**10", tests="assert f()", limits=Limits(memory_mb=300))
    assert in_function.outcome == "memory"
    # In small pieces, so that there is none left to tell of it.
    full = grade("kept = []\nwhile True: kept.append(bytearray(10**5))", limits=Limits(memory_mb=300))
    assert full.outcome == "memory"


@pytest.mark.parametrize(
    "source", ["import os\nos._exit(0)", "exit(0)", "import os\nos.kill(os.getpid(), 11)"]
)
def test_crash(grade, source):
    """Ending Python is a crash, with whatever status."""
    report = grade(source, tests="assert True")
    assert report.outcome == "crash"
    assert report.tests == ()


def test_crash_in_a_test(grade):
    """Ending Python in a test's call passes nothing."""
    report = grade("import os\ndef f():\n    os._exit(0)", tests="assert f() is None\nassert True")
    assert report.outcome == "crash"


def test_context_that_fails(grade):
    """Code so far that does not run is not held against the learner."""
    report = grade("x = 1", context=("y = 1", "boom"))
    assert report.outcome == "unavailable"
    assert "Code cell 2" in report.detail and "NameError" in report.detail


@pytest.mark.parametrize("field", ["tests", "hidden_tests"])
def test_tests_that_are_broken(grade, field):
    """Tests that are no Python are the author's to mend."""
    report = grade("x = 1", **{field: "assert ="})
    assert report.outcome == "unavailable" and "not valid Python" in report.detail
