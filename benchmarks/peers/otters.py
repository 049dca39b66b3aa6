"""otter-grader: `otter run` of a submission against an autograder with hidden tests."""

import contextlib
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from otter.api import grade_submission

from benchmarks.peers.runners import METADATA, expect_verdict
from benchmarks.peers.worker import Work
from benchmarks.work import HIDDEN, IMPORTS, SUBMISSIONS

POINTS = 3
TESTS = """OK_FORMAT = False
from otter.test_files import test_case
name = "q1"
points = {points}

@test_case(points={points}, hidden=True)
def hidden(sumsq):
    {asserts}
"""


def api_work(folder: Path) -> Work:
    autograder(folder)

    def work(word: str) -> Callable[[], None]:
        with contextlib.redirect_stdout(io.StringIO()):
            graded = grade_submission(
                str(folder / f"{word}.ipynb"), str(folder / "autograder.zip"), quiet=True
            )
        return lambda: expect_verdict(word, graded.total == POINTS)

    return work


def cli_work(folder: Path) -> Work:
    autograder(folder)
    (folder / "out").mkdir()

    def work(word: str) -> Callable[[], None]:
        otter(folder, "run", f"{word}.ipynb", "-a", "autograder.zip", "-o", "out", "--no-logo")
        return lambda: expect_verdict(word, _total(folder / "out" / "results.json") == POINTS)

    return work


def autograder(folder: Path) -> None:
    """The tests packed as otter wants them, and both submissions."""
    (folder / "tests").mkdir()
    (folder / "tests" / "q1.py").write_text(TESTS.format(points=POINTS, asserts="\n    ".join(HIDDEN)))
    for word, text in SUBMISSIONS.items():
        cells = [
            new_markdown_cell("# Sum of squares\n\nWrite `sumsq(n)`."),
            new_code_cell(f'import otter\ngrader = otter.Notebook("{word}.ipynb")'),
            new_code_cell(IMPORTS),
            new_code_cell(text),
            new_code_cell('grader.check("q1")'),
        ]
        nbformat.write(new_notebook(cells=cells, metadata=METADATA), folder / f"{word}.ipynb")
    otter(folder, "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment")


def otter(folder: Path, *arguments: str) -> None:
    """Raises ValueError with what it said when it fails."""
    done = subprocess.run(["otter", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ValueError((done.stderr or done.stdout)[-300:])


def _total(results: Path) -> float:
    return sum(float(test.get("score", 0)) for test in json.loads(results.read_text())["tests"])
