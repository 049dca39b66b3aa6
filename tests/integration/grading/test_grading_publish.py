"""What publishing asks of the grader: an author's cells with their outputs, and expressions' values."""

import pytest

from courses.errors import GraderUnavailable
from courses.services.ports import Limits

pytestmark = pytest.mark.xdist_group("grading")

LIMITS = Limits(wall=20, memory_mb=4096)


def test_cells_with_outputs(grader):
    """Cells run one after the other in a kernel: streams, results and figures as nbformat has them."""
    cells = (
        "x = 6",
        "print('hi', x)\nx * 7",
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "open('data/n.txt').read()",
    )
    runs = grader.run_cells(cells, {"data/n.txt": b"5"}, LIMITS)
    assert [run.error for run in runs] == [""] * 4
    assert runs[0].outputs == ()
    assert runs[1].printed == "hi 6\n"
    assert runs[1].outputs[1]["data"]["text/plain"] == "42"
    assert any("image/png" in output.get("data", {}) for output in runs[2].outputs)
    assert runs[3].outputs[0]["data"]["text/plain"] == "'5'"


def test_cell_that_fails(grader):
    """The first error ends the run, and is told with its outputs."""
    runs = grader.run_cells(("x = 1", "print('so far')\n1 / 0", "y = 2"), {}, LIMITS)
    assert [run.error for run in runs] == ["", "ZeroDivisionError: division by zero"]
    assert runs[1].printed == "so far\n"
    assert runs[1].outputs[-1]["output_type"] == "error"


@pytest.mark.parametrize(
    ("cell", "words"), [("while True: pass", "did not end"), ("import os; os._exit(1)", "ended Python")]
)
def test_cell_that_never_ends_or_dies(grader, cell, words):
    """An endless cell is stopped, a dead kernel is noticed, and both are told of that very cell."""
    runs = grader.run_cells(("x = 1", cell, "y = 2"), {}, Limits(wall=2, memory_mb=4096))
    assert len(runs) == 2 and words in runs[1].error


def test_hash_seeds_differ(grader):
    """Two seeds order a set of texts differently; the same seed does not."""
    cells = ("print(hash('a'))",)
    one, same, other = (grader.run_cells(cells, {}, LIMITS, seed)[0].printed for seed in (1, 1, 2))
    assert one == same != other


def test_expressions(grader):
    """Values of expressions are plain numbers and texts."""
    context = ("import numpy as np\nboot = np.arange(101)", "x = 3")
    values = grader.evaluate(("np.percentile(boot, 2.5)", "x", "x * 0.5", "'a' * x"), context, {}, LIMITS)
    assert values == (2.5, 3, 1.5, "aaa")
    assert [type(value) for value in values] == [float, int, float, str]


@pytest.mark.parametrize(
    ("expression", "context", "words"),
    [
        ("nothing", (), "NameError"),
        ("1 +", (), "SyntaxError"),
        ("x", ("x = 1 / 0",), "Code cell 1"),
        ("exit()", (), "SystemExit"),
        ("__import__('os')._exit(0)", (), "has no value"),
        ("[n for n in iter(int, 1)]", (), "has no value"),
    ],
)
def test_expression_that_has_no_value(grader, expression, context, words):
    """An expression or a context that fails says why."""
    with pytest.raises(GraderUnavailable, match=words):
        grader.evaluate((expression,), context, {}, Limits(wall=2))
