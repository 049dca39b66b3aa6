"""A submission gets the same verdict each time, also when it is about chance."""

import pytest

pytestmark = pytest.mark.xdist_group("grading")

CHANCE = [
    "random.random()",
    "random.Random().random()",
    "(random.seed(), random.random())[1]",
    "random.SystemRandom().random()",
    "np.random.rand()",
    "np.random.default_rng().random()",
    "np.random.default_rng(None).integers(1000)",
    "np.random.RandomState().rand()",
    "(np.random.seed(), np.random.rand())[1]",
    "pd.Series(range(100)).sample(3).tolist()",
    "uuid.uuid4().hex",
    "secrets.token_hex(8)",
    "secrets.randbelow(10 ** 9)",
    "os.urandom(4)",
    "os.getrandom(4)",
    "hash('a')",
    "subprocess.check_output([sys.executable, '-c', 'print(hash(\"a\"))'])",
]
IMPORTS = "import os, random, secrets, subprocess, sys, time, uuid\nimport numpy as np, pandas as pd\n"
DRAWS = f"{IMPORTS}def draw():\n    return [{', '.join(CHANCE)}]\n"


@pytest.mark.parametrize("context", [(), (f"{IMPORTS}made = np.random.default_rng()\nmade.random()",)])
def test_chance_is_the_same_each_time(grade, context):
    """From the generators of Python and numpy, seeded or not, and from the system; after a context too."""
    made = "print(made.random())" if context else ""
    source = f"{DRAWS}print(draw(), draw())\n{made}"
    one, two = (grade(source, tests="assert printed", context=context) for _ in range(2))
    assert one.outcome == "passed", one
    assert one == two


def test_each_draw_is_another(grade):
    """The sequence is fixed, and still one of chance: only the two hashes stay."""
    tests = "a, b = draw(), draw()\nassert [x == y for x, y in zip(a, b)].count(True) == 2"
    report = grade(DRAWS, tests=tests)
    assert report.outcome == "passed", report


def test_runs_begin_alike(grade):
    """Each run of a submission goes on from where the chapter's code ended."""
    source = "x = rng.random(), np.random.default_rng().random(), random.random()"
    context = (f"{IMPORTS}rng = np.random.default_rng()",)
    report = grade(source, context=context, tests="assert run().x == run().x == x")
    assert report.outcome == "passed", report


def test_the_tests_chance_is_fixed_too(grade):
    """A test that draws its own arguments draws the same ones."""
    tests = "import numpy as np\nassert show(np.random.default_rng().random()) is None"
    source = "def show(x):\n    print(x)"
    one, two = (grade(source, tests=tests) for _ in range(2))
    assert one.printed == two.printed != ""


def test_the_clock_is_in_utc(grade):
    """Wherever the server stands, and whatever its own zone is."""
    source = "import time, datetime\nnow = datetime.datetime.now(datetime.UTC)\nlocal = now.astimezone()"
    tests = "assert local.utcoffset().total_seconds() == 0\nassert zone == ('UTC', 'UTC')"
    report = grade(f"{source}\nzone = time.tzname", tests=tests)
    assert report.outcome == "passed", report
