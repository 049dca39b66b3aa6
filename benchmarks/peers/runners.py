"""nbclient and papermill: they run a notebook whose cells hold submission and tests, in a new kernel."""

import logging
from collections.abc import Callable
from pathlib import Path

import nbclient
import nbformat
import papermill
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from benchmarks.peers.worker import Work
from benchmarks.work import CHAPTER_CELLS, HIDDEN, IMPORTS, SUBMISSIONS

METADATA = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def nbclient_work(_folder: Path) -> Work:
    return lambda word: _judged(
        word, lambda: _execute(submission(word)), nbclient.exceptions.CellExecutionError
    )


def nbclient_chapter(_folder: Path) -> Work:
    """A chapter's cells in a new kernel, for who comes back to it."""

    def work(_word: str) -> Callable[[], None]:
        _execute(new_notebook(cells=[new_code_cell(cell) for cell in CHAPTER_CELLS], metadata=METADATA))
        return lambda: None

    return work


def papermill_work(folder: Path) -> Work:
    logging.disable(logging.CRITICAL)
    for word in SUBMISSIONS:
        nbformat.write(submission(word), folder / f"{word}.ipynb")

    def execute(word: str) -> None:
        papermill.execute_notebook(
            folder / f"{word}.ipynb", folder / "out.ipynb", progress_bar=False, kernel_name="python3"
        )

    return lambda word: _judged(word, lambda: execute(word), papermill.PapermillExecutionError)


def submission(word: str) -> nbformat.NotebookNode:
    cells = [
        new_markdown_cell("# Sum of squares\n\nWrite `sumsq(n)`."),
        new_code_cell(IMPORTS),
        new_code_cell(SUBMISSIONS[word]),
        new_code_cell("\n".join(HIDDEN)),
    ]
    notebook: nbformat.NotebookNode = new_notebook(cells=cells, metadata=METADATA)
    return notebook


def _execute(notebook: nbformat.NotebookNode) -> None:
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()


def _judged(word: str, run: Callable[[], None], wrong: type[Exception]) -> Callable[[], None]:
    try:
        run()
        passed = True
    except wrong:
        passed = False
    return lambda: expect_verdict(word, passed)


def expect_verdict(word: str, passed: bool) -> None:
    """Raises ValueError when the good submission did not pass, or the bad one did."""
    if passed != (word == "good"):
        raise ValueError(f"The {word} submission was judged {'passed' if passed else 'failed'}.")
