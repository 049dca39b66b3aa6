"""A chapter is an ordinary notebook: it runs from top to bottom in any Jupyter."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import nbformat
import papermill
import papermill.engines
import pytest
from papermill.clientwrap import PapermillNotebookClient

from courses.replies import HearsReplies

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHAPTERS = sorted(path for course in NOTEBOOKS.glob("*/course.yml") for path in course.parent.glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-view+json"
Execute = Callable[[Path], Path]
pytestmark = pytest.mark.xdist_group("chapters")


class Client(HearsReplies, PapermillNotebookClient):
    """Papermill's, which else now and then waits for ever for a cell with a slider."""


@pytest.fixture(scope="module")
def execute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Execute]:
    """Run a chapter, in a copy of its course; the notebook with its outputs."""
    folder = tmp_path_factory.mktemp("courses") / "notebooks"
    shutil.copytree(NOTEBOOKS, folder)

    @cache
    def executed(path: Path) -> Path:
        copy = folder / path.relative_to(NOTEBOOKS)
        try:
            papermill.execute_notebook(copy, copy, cwd=copy.parent, kernel_name="python3", progress_bar=False)
        except papermill.PapermillExecutionError as error:
            notebook = nbformat.read(copy, as_version=4)
            tagged = [cell for cell in notebook.cells if "raises-exception" in cell.metadata.get("tags", [])]
            assert any(error.source == cell.source for cell in tagged), error
        return copy

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(papermill.engines, "PapermillNotebookClient", Client)
        yield executed


@pytest.mark.filterwarnings("default")  # the front ends' own libraries warn of each other
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_runs_top_to_bottom(path: Path, execute: Execute) -> None:
    """Every cell runs, but for those that the author has tagged as meant to raise."""
    notebook = nbformat.read(execute(path), as_version=4)
    executed = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert all(executed), "The run stopped before the last cell."
    for cell in notebook.cells:
        if cell.cell_type == "code" and "raises-exception" not in cell.metadata.get("tags", []):
            assert not any(output.output_type == "error" for output in cell.outputs), cell.id


@pytest.mark.filterwarnings("default")  # as above
def test_outputs_are_the_same_each_time(execute: Execute) -> None:
    """Learners read about an output that they get. nbval runs each chapter once more and compares."""
    copies = [execute(path) for path in CHAPTERS]
    for copy in copies:
        without_widgets(copy)
    options = ["-p", "nbval", "-p", "no:cacheprovider", "-c", os.devnull, "-q", "--nbval"]
    command = [sys.executable, "-m", "pytest", *options, *map(str, copies)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def without_widgets(path: Path) -> None:
    """What a widget shows comes as its own message, which nbval does not know."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if any(WIDGET in output.get("data", {}) for output in cell.get("outputs", [])):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "nbval-ignore-output"]
    nbformat.write(notebook, path)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_stored_clean(path: Path) -> None:
    """Chapters are valid notebooks of format 4.5 and are stored without outputs."""
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    for cell in notebook.cells:
        assert not cell.get("outputs"), cell.id
        assert cell.get("execution_count") is None, cell.id
