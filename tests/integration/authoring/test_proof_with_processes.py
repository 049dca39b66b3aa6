"""Courses proved by the grader that learners will meet."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from courses.authoring.check_course import CheckedCourse, check_course
from courses.errors import AuthoringError
from courses.grading.runner import ProcessGrader
from courses.models.checkpoint import Mistake, Number, Parts, Predict

EXERCISE = """%%exercise add-up
values = [3, 5, 8]
total = 0
### BEGIN SOLUTION
for v in values:
    total += v
### END SOLUTION
### BEGIN TESTS
assert total == 16, "3 + 5 + 8 is 16."
### END TESTS
### BEGIN MISTAKE
# You keep only the last value. Write `+=`.
values = [3, 5, 8]
total = 0
for v in values:
    total = v
### END MISTAKE
### BEGIN ALTERNATIVE
values = [3, 5, 8]
total = sum(values)
### END ALTERNATIVE
"""


@pytest.fixture(scope="module")
def grader() -> ProcessGrader:
    return ProcessGrader()


def check(folder: Path, grader: ProcessGrader, *cells: str | nbformat.NotebookNode) -> CheckedCourse:
    """Prove a course of one chapter. Texts that start with `%` are code, all others Markdown."""
    made = [
        cell
        if not isinstance(cell, str)
        else new_code_cell(cell)
        if cell.startswith("%")
        else new_markdown_cell(cell)
        for cell in ("# Chapter", *cells)
    ]
    folder = folder / "demo"
    folder.mkdir()
    (folder / "course.yml").write_text("format: 1\ntitle: Demo\nchapters: one\n")
    nbformat.write(new_notebook(cells=made), folder / "one.ipynb")
    return check_course(folder, grader)


def errors(folder: Path, grader: ProcessGrader, *cells: str | nbformat.NotebookNode) -> list[str]:
    with pytest.raises(AuthoringError) as caught:
        check(folder, grader, *cells)
    return [str(finding).removeprefix("one.ipynb, ") for finding in caught.value.findings]


def test_a_whole_chapter_is_proved(tmp_path: Path, grader: ProcessGrader) -> None:
    """Outputs are recorded, answers worked out, an exercise keeps its word."""
    figure = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('Two points')\nplt.show()"
    question = (
        "%%checkpoint numbers\nparts:\n- kind: number\n  ask: x\n  answer: = total / 2\n"
        "  mistakes:\n  - answer: = total\n    feedback: Half of it.\n"
        "- kind: predict\n  ask: y\n  code: |\n    for v in values:\n        print(v)\n"
    )
    raising = new_code_cell("y = 1\n1 / 0", metadata={"tags": ["raises-exception"]})
    checked = check(
        tmp_path,
        grader,
        "## Add up",
        new_code_cell(figure),
        raising,
        EXERCISE,
        "## Numbers",
        new_code_cell("total + y"),
        question,
    )
    assert [
        finding for finding in checked.warnings if " s allowed" not in finding.message
    ] == []  # a busy machine
    first, second = checked.course.chapters[0].steps
    assert [cell.fig_alt for cell in first.cells] == ["", "Two points", ""]
    assert any("image/png" in output.get("data", {}) for output in first.cells[1].outputs)
    assert first.cells[2].outputs[-1]["ename"] == "ZeroDivisionError"
    assert second.cells[1].outputs[0]["data"]["text/plain"] == "17"
    number = Number("x", 8.0, mistakes=(Mistake("16", "Half of it."),))
    assert second.checkpoint.question == Parts(
        (number, Predict("y", "for v in values:\n    print(v)", "3\n5\n8"))
    )


def test_what_hashing_decides_cannot_be_predicted(tmp_path: Path, grader: ProcessGrader) -> None:
    """Two processes print a set of texts in two orders."""
    code = "print({'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'})"
    assert errors(tmp_path, grader, "## S", f"%%checkpoint a\nkind: predict\nask: x\ncode: {code}") == [
        "cell 3, code: Two runs of the code print different things. "
        "Sort sets, seed random numbers, and print no times or addresses."
    ]


def test_an_exercise_that_breaks_its_word(tmp_path: Path, grader: ProcessGrader) -> None:
    """Its own tests say so."""
    found = errors(tmp_path, grader, "## S", EXERCISE.replace("== 16", "== 17"))
    assert len(found) == 1
    assert found[0].startswith("cell 3, SOLUTION: The solution does not pass: the test “")


def test_a_mistake_that_is_none(tmp_path: Path, grader: ProcessGrader) -> None:
    """It passes the tests, so nobody would ever see its message."""
    found = errors(tmp_path, grader, "## S", EXERCISE.replace("total = v", "total += v"))
    assert found == ["cell 3, MISTAKE 1: This mistake passes the tests. Add a test that it fails."]


def test_a_cell_that_fails(tmp_path: Path, grader: ProcessGrader) -> None:
    """With what Python says of it."""
    assert errors(tmp_path, grader, "## S", new_code_cell("1 / 0"), "%%checkpoint a\nkind: read") == [
        "cell 3: The cell fails: ZeroDivisionError: division by zero. "
        "Correct it; if it is meant to raise, tag it `raises-exception`."
    ]


def test_an_expression_without_a_value(tmp_path: Path, grader: ProcessGrader) -> None:
    """Names must have been defined by then."""
    found = errors(tmp_path, grader, "## S", "%%checkpoint a\nkind: number\nask: x\nanswer: = nothing")
    assert len(found) == 1
    assert found[0].startswith("cell 3, answer: `nothing` has no value: ")
    assert "NameError" in found[0]
