"""What cannot cross between a submission and its tests is an error when a course is proved.

One for each thing that tests see: the author reads where it is, and what to ask for instead.
"""

from collections.abc import Iterator

import pytest

from courses.authoring.prove_exercise import ExerciseProof
from courses.authoring.spots import Spot
from courses.errors import Finding
from courses.grading.forked import SandboxLauncher, grading_config
from courses.grading.runner import ProcessGrader
from courses.models.checkpoint import Exercise
from courses.sandbox.warm_server import WarmServer

pytestmark = pytest.mark.xdist_group("crossing")

CLASS = "class Point:\n    def __init__(self, x):\n        self.x = x\n"
NAMED = "from collections import namedtuple\nPair = namedtuple('Pair', 'a b')\ndef pair(): return Pair(1, 2)"
RAISES = CLASS + "class Lost(Exception): pass\ndef find(): raise Lost(Point(1))"
PLOT = "import numpy as np, matplotlib.pyplot as plt\nplt.imshow(np.zeros((900, 900)))\nplt.show()"
UNCROSSABLE = {
    "variable": (
        CLASS + "here = Point(1)",
        "assert here == Point(1)",
        "assert here == Point(1): A Point of the submission cannot be compared with `==`",
    ),
    "variable that is a set": (
        CLASS + "seen = {Point(1)}",
        "assert seen == set()",
        "A set of the submission cannot be compared with `==`",
    ),
    "variable in a table": (
        "import pandas as pd\nseries = pd.Series(pd.period_range('2024-01', periods=2, freq='M'))",
        "assert (series == series) is True or series == 1",
        "A Series of the submission cannot be compared with `==`",
    ),
    "number-like object": (
        CLASS + "def mean(values): return Point(2)",
        "assert abs(mean([1, 2, 3]) - 2) < 1e-9",
        "A Point of the submission cannot be ordered, reckoned with or looked into",
    ),
    "typed return": (
        NAMED,
        "assert pair() == (1, 2)",
        "A Pair of the submission cannot be compared with `==`",
    ),
    "exception": (
        RAISES,
        "with raises(Lost) as caught:\n    find()\nassert caught.error.args[0] == 1",
        "A Point of the submission cannot be compared with `==`",
    ),
    "argument changed in place": (
        "def grow(box):\n    box.items.append(1)",
        "class Box:\n    items = []\nbox = Box()\ngrow(box)\nassert box.items == [1]",
        "grow(box): A Box of the tests cannot be given to the submission: give plain values.",
    ),
    "printed text with fed input": (
        "print(int(input()) + 1)",
        "assert run(stdin=5).printed == '6'",
        "`run(stdin=...)` takes text, a line for each `input()`, and not a int.",
    ),
    "name of a run": (
        CLASS + "start = Point(1)\nx = start.x",
        "assert run(start=start).x == 1",
        "An object of one run cannot be given to another run.",
    ),
    "object by handle": (
        CLASS + "def place(p): return p.x\np = Point(2)",
        "assert [p] == [Point(2)]",
        "A Point of the submission cannot be compared with `==`",
    ),
    "object given to a function of the tests": (
        CLASS + "def apply(f): return f(Point(3))",
        "assert apply(lambda p: p == 3)",
        "A Point of the submission cannot be compared with `==`",
    ),
    "result of a function of the tests": (
        "def apply(f): return f()",
        "class Box: pass\nassert apply(lambda: Box())",
        "A Box of the tests cannot be given to the submission",
    ),
    "source": (
        "x = 1",
        "assert source == 'x = 1'",
        "`source` equals nothing. Compare `source.text`, or `ast.dump(source.tree)`.",
    ),
    "figure": (PLOT, "assert figures[0].axes", "The figures hold more data than tests can be given."),
}


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessGrader]:
    grader = ProcessGrader(SandboxLauncher(WarmServer(grading_config(), tmp_path_factory.mktemp("run"))))
    yield grader
    grader.stop()


@pytest.mark.parametrize("what", UNCROSSABLE)
@pytest.mark.parametrize("hidden", [False, True])
def test_the_author_is_told(grader: ProcessGrader, what: str, hidden: bool) -> None:
    """Of the visible and of the hidden tests; never that the learner did something wrong."""
    solution, tests, words = UNCROSSABLE[what]
    parts = {"hidden_tests" if hidden else "tests": tests}
    findings: list[Finding] = []
    exercise = Exercise("", starter="...", solution=solution, **parts)  # type: ignore[arg-type]
    ExerciseProof(exercise, (), {}, grader, Spot("one.ipynb", findings)).prove()
    assert [finding.severity for finding in findings] == ["error"]
    assert "The solution does not pass" in findings[0].message and words in findings[0].message


def test_modules_that_the_solution_imports_for_the_tests(grader: ProcessGrader) -> None:
    """They are kept with the exercise, and its alternatives have to import them too."""
    solution = "import numpy as np\ndef mean(values): return np.mean(values)"
    stand_in = "class np: isclose = staticmethod(lambda *a: True)\ndef mean(values): return 0"
    tests = "assert np.isclose(mean([1, 2]), 1.5)"
    findings: list[Finding] = []
    exercise = Exercise("", starter="...", solution=solution, tests=tests, alternatives=(stand_in,))
    proved = ExerciseProof(exercise, (), {}, grader, Spot("one.ipynb", findings)).prove()
    assert dict(proved.modules) == {"np": "numpy"}
    assert [finding.field for finding in findings] == ["ALTERNATIVE 1"]
    assert "`np` should be the module `numpy`" in findings[0].message
