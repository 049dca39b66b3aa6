"""What tests see of a submission: values with their types, handles for all else."""

import pytest

from courses.services.ports import Limits


def passes(report):
    assert report.outcome == "passed", report
    return True


VALUES = [
    "None",
    "True",
    "-3",
    "2 ** 200",
    "1.5",
    "float('inf')",
    "3 + 4j",
    "'text \\ud800 é'",
    "b'\\x00\\xff'",
    "bytearray(b'a')",
    "[1, [2, (3, None)]]",
    "{1: 'a', (2, 3): {'b': [4]}}",
    "{1, 'a', (2,)}",
    "frozenset({1})",
    "range(1, 9, 2)",
    "__import__('datetime').date(2024, 2, 29)",
    "__import__('datetime').datetime(2024, 2, 29, 12, 30)",
    "__import__('datetime').timedelta(days=-1, microseconds=5)",
    "__import__('decimal').Decimal('1.10')",
    "__import__('fractions').Fraction(1, 3)",
    "__import__('collections').Counter('aab')",
    "__import__('collections').deque([1, 2])",
]


def test_values_cross_with_their_types(grade):
    """Plain values arrive equal and of the same type, and go back as arguments unchanged."""
    source = f"xs = [{', '.join(VALUES)}]\ndef same(x):\n    return x\ndef is_it(i, x):\n"
    source += "    return type(x) is type(xs[i]) and x == xs[i]"
    tests = f"wanted = [{', '.join(VALUES)}]\n"
    tests += "for i, (got, w) in enumerate(zip(xs, wanted, strict=True)):\n"
    tests += "    assert type(got) is type(w) and got == w, (i, got)\n"
    tests += "    assert same(w) == w and is_it(i, w), i"
    assert passes(grade(source, tests=tests))


def test_not_a_number_crosses(grade):
    """nan arrives as nan."""
    assert passes(grade("x = float('nan')", tests="assert isinstance(x, float) and x != x"))


def test_arrays_and_tables(grade):
    """Arrays, their scalars, Series, indexes and DataFrames keep dtypes, shapes, names and missing values."""
    source = """
import numpy as np, pandas as pd
a = np.arange(6, dtype="int16").reshape(2, 3)
s = np.float32(1.5)
when = np.array(["2024-01-01"], dtype="datetime64[D]")
o = np.array([1, "a", None], dtype=object)
df = pd.DataFrame({"n": [1, 2], "t": ["a", None], "d": pd.to_datetime(["2024-01-01", None]),
                   "c": pd.Categorical(["x", "y"]), "f": [0.5, np.nan]}, index=pd.Index([5, 6], name="id"))
wide = df.groupby(["n", "c"], observed=True)["f"].sum()
def fill(frame):
    frame["new"] = 1
def double(array):
    array *= 2
"""
    tests = """
import numpy as np, pandas as pd
assert a.dtype == "int16" and a.shape == (2, 3) and a.sum() == 15
assert type(s) is np.float32 and s == 1.5
assert when.dtype == "datetime64[D]" and o.tolist() == [1, "a", None]
expected = pd.DataFrame({"n": [1, 2], "t": ["a", None], "d": pd.to_datetime(["2024-01-01", None]),
                   "c": pd.Categorical(["x", "y"]), "f": [0.5, np.nan]}, index=pd.Index([5, 6], name="id"))
pd.testing.assert_frame_equal(df, expected)
assert list(wide.index.names) == ["n", "c"] and wide.loc[(1, "x")] == 0.5
mine = pd.DataFrame({"a": [1, 2]})
fill(mine)
assert list(mine.columns) == ["a", "new"]
b = np.array([1, 2])
double(b)
assert b.tolist() == [2, 4]
"""
    assert passes(grade(source, tests=tests, limits=Limits(memory_mb=2048)))


def test_arguments_changed_in_place(grade):
    """A container that a function changes is changed for the tests too."""
    source = "def grow(xs, *, seen):\n    xs.append(len(xs))\n    seen.add(xs[0])\n    xs[0] = {}"
    tests = "xs, seen = [7], set()\ngrow(xs, seen=seen)\nassert xs == [{}, 1] and seen == {7}"
    assert passes(grade(source, tests=tests))


def test_containers_of_other_kinds_changed_in_place(grade):
    """Also what is neither list, set nor dictionary, and what a tuple holds."""
    source = """
def fill(queue, counts, groups, ordered, pair):
    queue.appendleft(0); counts["a"] += 2; groups["x"].append(1); ordered["k"] = 1; pair[0].append(5)
"""
    tests = """
from collections import Counter, OrderedDict, defaultdict, deque
queue, counts, groups, ordered = deque([1]), Counter("ab"), defaultdict(list), OrderedDict()
pair = ([], 7)
fill(queue, counts, groups, ordered, pair)
assert list(queue) == [0, 1] and counts == {"a": 3, "b": 1} and groups == {"x": [1]}
assert ordered == {"k": 1} and pair == ([5], 7)
assert groups["y"] == []
"""
    assert passes(grade(source, tests=tests))


def test_one_object_stays_one_object(grade):
    """A submission's list is the same list wherever the tests meet it, and lives on both sides."""
    source = "basket = []\ndef add(item, to=basket):\n    to.append(item)\n    return to"
    tests = """
add("milk")
assert basket == ["milk"]
add("tea", basket)
assert basket == ["milk", "tea"] and add("jam") is basket
mine = basket
basket.append("egg")
add("salt", mine)
assert basket == ["milk", "tea", "jam", "egg", "salt"]
"""
    assert passes(grade(source, tests=tests))


def test_objects_are_handles(grade):
    """Attributes, calls, items, operators, length, iteration, text: answered by the submission."""
    source = '''
class Bag:
    """Holds things."""
    size = 3
    def __init__(self, *things): self.things = list(things)
    def __len__(self): return len(self.things)
    def __getitem__(self, i): return self.things[i]
    def __setitem__(self, i, x): self.things[i] = x
    def __contains__(self, x): return x in self.things
    def __add__(self, other): return Bag(*self.things, *other.things)
    def __lt__(self, other): return len(self) < len(other)
    def __str__(self): return "bag of " + ", ".join(self.things)
    def __repr__(self): return f"Bag({self.things})"
bag = Bag("a", "b")
def count():
    """Counts."""
    n = 0
    while True:
        n += 1
        yield n
'''
    tests = """
assert bag.size == 3 and bag.things == ["a", "b"] and len(bag) == 2 and bag[1] == "b"
assert str(bag) == "bag of a, b" and repr(bag) == "Bag(['a', 'b'])" and list(bag) == ["a", "b"]
bag[0] = "z"
bag.size = 4
assert bag.things == ["z", "b"] and bag.size == 4
other = Bag("c")
assert isinstance(other, Bag) and not isinstance(other, int) and other < bag
assert (bag + other).things == ["z", "b", "c"]
assert Bag.__doc__ == "Holds things." and count.__name__ == "count" and callable(count)
numbers = count()
assert [next(numbers), next(numbers)] == [1, 2]
assert hasattr(bag, "things") and not hasattr(bag, "colour")
"""
    assert passes(grade(source, tests=tests))


def test_more_that_objects_answer(grade):
    """Rounding, formats, places, hashes and the way back are the submission's to answer too."""
    source = """
class Money:
    def __init__(self, cents): self.cents = cents
    def __round__(self, digits=0): return Money(round(self.cents, digits))
    def __format__(self, kind): return f"{self.cents / 100:{kind or '.2f'}} euros"
    def __index__(self): return self.cents
    def __hash__(self): return hash(self.cents)
    def __eq__(self, other): return self.cents == other.cents
    def __reversed__(self): return reversed(str(self.cents))
m = Money(123)
"""
    tests = """
assert f"{m}" == "1.23 euros" and f"{m:.1f}" == "1.2 euros"
assert round(m, -1).cents == 120 and list(reversed(m)) == ["3", "2", "1"]
assert list(range(200))[m] == 123 and hash(m) == hash(123)
"""
    assert passes(grade(source, tests=tests))


def test_sets_and_keys_that_are_objects(grade):
    """What is held by its own idea of equality stays on the submission's side, and is asked there."""
    source = """
class P:
    def __init__(self, x): self.x = x
    def __eq__(self, other): return self.x == other.x
    def __hash__(self): return hash(self.x)
points, names = {P(1), P(1), P(2)}, {P(1): "one"}
"""
    tests = "assert len(points) == 2 and P(2) in points and P(3) not in points\n"
    tests += "assert names[P(1)] == 'one' and sorted(p.x for p in points) == [1, 2]"
    assert passes(grade(source, tests=tests))


def test_tables_with_cells_that_are_objects(grade):
    """Periods and intervals are asked where they are."""
    source = """
import pandas as pd
months = pd.Series(pd.period_range("2024-01", periods=3, freq="M"))
ages = pd.cut(pd.Series([1, 5, 9]), [0, 4, 10])
"""
    tests = "assert months.astype(str).tolist() == ['2024-01', '2024-02', '2024-03']\n"
    tests += "assert ages.value_counts().tolist() == [2, 1] and len(ages) == 3"
    assert passes(grade(source, tests=tests, limits=Limits(memory_mb=2048)))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("double = lambda xs: map(lambda x: 2 * x, xs)", "an object of type `map` here"),
        ("double = lambda xs: {2: 0, 4: 0}.keys()", "an object of type `dict_keys` here"),
        ("class Own: pass\ndouble = lambda xs: Own()", "an object of type `Own` here"),
        (
            "def double(xs):\n    def doubled(): return [2, 4]\n    return doubled",
            "a function here, and not what",
        ),
    ],
)
@pytest.mark.parametrize("part", ["tests", "hidden_tests"])
def test_an_object_instead_of_a_value_fails_the_test(grade, source, said, part):
    """The learner reads what it is, the author what to compare instead; and other tests go on."""
    report = grade(source, **{part: 'assert double([1, 2]) == [2, 4], "Double each."\nassert True'})
    assert report.outcome == "failed"
    assert [test.passed for test in report.tests] == [False, True]
    assert report.tests[0].label == "Double each." and said in report.tests[0].message
    assert "assert double([1, 2]) == [2, 4]" in report.detail and "Compare plain values" in report.detail


def test_a_foreseen_object_is_recognised(grade):
    """A mistake that gives an object has its message, and none that gives an object of another type."""
    job = {"tests": "assert double([1, 2]) == [2, 4]"}
    job["mistakes"] = ("def double(xs): return map(str, xs)",)
    assert grade("def double(xs): return map(abs, xs)", **job).mistake == 0
    assert grade("def double(xs): return filter(abs, xs)", **job).mistake is None


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
