"""What tests see of a run: exceptions, calls, fed input, printed text, figures, source and files."""

import pytest

from courses.services.ports import Limits

pytestmark = pytest.mark.xdist_group("grading")


def passes(report):
    assert report.outcome == "passed", report
    return True


def test_exceptions_cross(grade):
    """Builtin exceptions, their subclasses and the submission's own classes can be caught and looked at."""
    source = """
class TooPoor(ValueError):
    pass
def buy(n):
    if n < 0: raise ValueError("negative", n)
    raise TooPoor(f"needs {n}")
def dig(): return {}["key"]
"""
    tests = """
with raises(ValueError) as caught:
    buy(-1)
assert caught.error.args == ("negative", -1)
try:
    buy(5)
    assert False
except TooPoor as error:
    assert str(error) == "needs 5"
with raises((TypeError, KeyError)):
    dig()
"""
    assert passes(grade(source, tests=tests))


def test_what_an_exception_carries(grade):
    """Its arguments and attributes are values, or objects, like any others."""
    source = """
class Refused(Exception):
    def __init__(self, code, items):
        super().__init__(f"refused: {code}")
        self.code, self.items = code, items
def order(items): raise Refused(7, items)
def look(): raise KeyError(("a", 1), [2])
"""
    tests = """
with raises(Refused) as caught:
    order([1, 2])
assert caught.error.code == 7 and caught.error.items == [1, 2] and str(caught.error) == "refused: 7"
with raises(KeyError) as caught:
    look()
assert caught.error.args == (("a", 1), [2])
"""
    assert passes(grade(source, tests=tests))


def test_raises_nothing(grade):
    """`raises` says what should have been raised."""
    report = grade("def f(): pass", tests="with raises(ValueError):\n    f()")
    assert report.outcome == "failed"
    assert report.tests[0].label == "ValueError should be raised here, and nothing was."


def test_functions_of_the_tests_can_be_passed(grade):
    """A submission may call a function that the tests pass to it, and see nothing else of it."""
    source = (
        "def apply(f, xs):\n    return [f(x) for x in xs]\ndef peek(f):\n    return f.__globals__['secret']"
    )
    tests = """
secret = 5
assert apply(lambda x: x * 2, [1, 2]) == [2, 4]
assert sorted([3, 1], key=apply) if False else True
with raises(KeyError):
    peek(lambda: 0)
"""
    assert passes(grade(source, tests=tests))


def test_functions_of_the_tests_may_ask_for_more(grade):
    """A function that is passed in may look at the objects that it is given."""
    source = """
class Bag:
    def __init__(self, n): self.n = n
    def twice(self, f): return f(self.n) + f(self.n)
def total(bags, size): return sum(size(bag) for bag in bags) if bags else size(Bag(4))
"""
    tests = """
assert total([], lambda bag: bag.n) == 4
assert total([Bag(1), Bag(2)], lambda bag: bag.twice(lambda n: n + 1)) == 10
"""
    assert passes(grade(source, tests=tests))


def test_run_with_input(grade):
    """`run(stdin=...)` feeds `input()`; a submission that waits for input is no error."""
    source = "name = input('Who? ')\nprint('Hello', name)"
    tests = """
r = run(stdin="Ann\\n")
assert r.name == "Ann" and r.printed == "Hello Ann\\n"
with raises(EOFError):
    run()
assert not hasattr(r, "nothing")
"""
    assert passes(grade(source, tests=tests))


def test_runs_are_fresh(grade):
    """A run knows nothing of other runs: not their names, not their files, not what tests did to them."""
    source = (
        "import os\nseen = os.path.exists('mark')\nopen('mark', 'w').close()\nitems.append(1)\nn = len(items)"
    )
    tests = (
        "items.append(9)\nassert [run().n for _ in range(3)] == [1, 1, 1]\nassert not run().seen and n == 1"
    )
    assert passes(grade(source, context=("items = []",), tests=tests))


def test_run_raises(grade):
    """An error in a run is raised in the tests."""
    assert passes(
        grade("y = 1 / x", context=("x = 1",), tests="with raises(ZeroDivisionError):\n    run(x=0)")
    )


def test_many_runs(grade):
    """Runs that nobody looks at any more do not pile up."""
    tests = "for i in range(80):\n    assert run(x=i).y == i"
    assert passes(grade("y = x", context=("x = 0",), tests=tests, limits=Limits(processes=20)))


def test_source(grade):
    """Tests may look at the text and the syntax tree."""
    tests = """
import ast
assert any(isinstance(node, ast.For) for node in ast.walk(source.tree))
assert "total" in source.text and "sum(" not in source
"""
    assert passes(grade("total = 0\nfor i in range(3):\n    total += i", tests=tests))


def test_printed(grade):
    """`printed` is the submission's own output, then what its functions print while tests run."""
    tests = "assert printed == 'one\\n'\nf()\nassert printed == 'one\\ntwo\\n'"
    hidden = "assert printed == 'one\\n'"
    source = "print('one')\ndef f():\n    print('two')"
    assert passes(grade(source, context=("print('not this')",), tests=tests, hidden_tests=hidden))


def test_figures(grade):
    """A figure is its axes: kinds, titles, labels, limits and data."""
    source = """
%matplotlib inline
fig, (a, b) = plt.subplots(1, 2)
a.plot([1, 2, 3], [1, 4, 9], label="squares")
a.set_title("Squares"); a.set_xlabel("n"); a.set_ylim(0, 10); a.legend()
b.bar(["x", "y"], [3, 5])
plt.show()
"""
    tests = """
assert len(figures) == 1
line, bars = figures[0].axes
assert (line.kind, line.title, line.xlabel, line.ylim) == ("line", "Squares", "n", [0, 10])
assert line.data[0].x == [1, 2, 3] and line.data[0].y == [1, 4, 9] and line.data[0].label == "squares"
assert line.legend == ["squares"]
assert bars.kind == "bar" and bars.data[0].y == [3, 5]
"""
    context = ("import matplotlib.pyplot as plt", "plt.plot([1])")
    assert passes(grade(source, context=context, tests=tests, limits=Limits(memory_mb=2048)))


def test_notebook_syntax(grade):
    """Magics, commands and top-level await are no syntax errors."""
    source = "import asyncio\nx = await asyncio.sleep(0, 7)\nnames = !echo a; echo b"
    context = ("%matplotlib inline\n%load_ext nothing", "%%time\nz = 1", "display(z)")
    assert passes(grade(source, context=context, tests="assert x == 7 and names == ['a', 'b'] and z == 1"))


def test_files(grade):
    """Data and modules are there, private files for tests alone, and data cannot be changed."""
    files = {"data/n.txt": b"5", "mod.py": b"def f(): return 1", "private/p.txt": b"6"}
    source = """
from pathlib import Path
import mod
n, m = int(Path("data/n.txt").read_text()), mod.f()
private = Path("private").exists() or Path("../private").exists()
try:
    Path("data/n.txt").write_text("0"); changed = True
except OSError:
    changed = False
Path("own.txt").write_text("ok")
"""
    tests = "from pathlib import Path\nassert (n, m, private, changed) == (5, 1, False, False)\n"
    tests += "assert Path('private/p.txt').read_text() == '6' and Path('data/n.txt').read_text() == '5'"
    assert passes(grade(source, files=files, tests=tests))


def test_modules_of_the_chapter(grade):
    """A module that the chapter imported is the real one in tests, whatever the submission makes of it."""
    source = "class math:\n    @staticmethod\n    def isclose(*a): return True\nx = 5"
    report = grade(source, context=("import math",), tests="assert math.isclose(x, 6)")
    assert report.outcome == "failed"


@pytest.mark.parametrize("value", ["x = []\nx.append(x)", "x = [[]] * 2\nfor _ in range(40): x = [x, x]"])
def test_value_without_end(grade, value):
    """A value that contains itself, or grows without end, is a handle and hurts nobody."""
    report = grade(value, tests="assert len(x) in (1, 2)")
    assert report.outcome == "passed", report
