"""nbgrader: an assignment with hidden tests, two submissions, and `autograde` of one of them."""

import logging
import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from benchmarks.peers.worker import Work
from benchmarks.work import GOOD, HIDDEN, IMPORTS, SUBMISSIONS

ASSIGNMENT = "ps1"
METADATA = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
POINTS = 3


def api_work(folder: Path) -> Work:
    course(folder)
    config = Config()
    config.CourseDirectory.course_id = "course"
    config.CourseDirectory.root = str(folder)
    api = NbGraderAPI(config=config)
    logging.disable(logging.WARNING)

    def work(word: str) -> Callable[[], None]:
        done = api.autograde(ASSIGNMENT, word, force=True, create=True)
        return lambda: expect_score(folder, word, done["success"], str(done.get("log")))

    return work


def cli_work(folder: Path) -> Work:
    course(folder)

    def work(word: str) -> Callable[[], None]:
        done = nbgrader(folder, "autograde", ASSIGNMENT, "--student", word, "--create", "--force")
        return lambda: expect_score(folder, word, done.returncode == 0, done.stderr)

    return work


def expect_score(folder: Path, word: str, success: bool, log: str) -> None:
    """Raises ValueError when the gradebook does not hold what the submission deserves."""
    if not success:
        raise ValueError(log[-300:])
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        score = gradebook.find_submission(ASSIGNMENT, word).score
    if (score == POINTS) != (word == "good"):
        raise ValueError(f"The {word} submission got {score} points.")


def course(folder: Path) -> None:
    """A released assignment, and a student named for each submission."""
    source = folder / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    nbformat.write(assignment(), source / "p.ipynb")
    (folder / "nbgrader_config.py").write_text("get_config().CourseDirectory.course_id = 'course'\n")
    done = nbgrader(folder, "generate_assignment", ASSIGNMENT)
    if done.returncode != 0:
        raise ValueError(done.stderr[-300:])
    for word, text in SUBMISSIONS.items():
        submitted = nbformat.read(folder / "release" / ASSIGNMENT / "p.ipynb", 4)
        submitted.cells[2].source = text
        place = folder / "submitted" / word / ASSIGNMENT
        place.mkdir(parents=True)
        nbformat.write(submitted, place / "p.ipynb")


def assignment() -> nbformat.NotebookNode:
    hidden = "\n".join(HIDDEN)
    cells = [
        new_markdown_cell("# Sum of squares\n\nWrite `sumsq(n)`."),
        new_code_cell(IMPORTS),
        new_code_cell(
            f"### BEGIN SOLUTION\n{GOOD}\n### END SOLUTION", metadata=_role("answer", solution=True)
        ),
        new_code_cell(
            f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS",
            metadata=_role("tests", grade=True, locked=True, points=POINTS),
        ),
    ]
    notebook: nbformat.NotebookNode = new_notebook(cells=cells, metadata=METADATA)
    return notebook


def _role(grade_id: str, **fields: object) -> dict[str, dict[str, object]]:
    plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": {**plain, "grade_id": grade_id, **fields}}


def nbgrader(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["nbgrader", *arguments], cwd=folder, capture_output=True, text=True, check=False)
