"""What tests see of a submission's values: their types, and handles for all else."""

import pytest

from courses.services.ports import Limits

pytestmark = pytest.mark.xdist_group("grading")


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
