"""A chapter is an ordinary notebook: it runs from top to bottom in any Jupyter."""

from pathlib import Path

import nbformat
import papermill
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHAPTERS = sorted(path for course in NOTEBOOKS.glob("*/course.yml") for path in course.parent.glob("*.ipynb"))


@pytest.mark.filterwarnings("default")  # the front ends' own libraries warn of each other
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_runs_top_to_bottom(path: Path, tmp_path: Path) -> None:
    """Every cell runs, but for those that the author has tagged as meant to raise."""
    result = tmp_path / path.name
    try:
        papermill.execute_notebook(path, result, cwd=path.parent, kernel_name="python3", progress_bar=False)
    except papermill.PapermillExecutionError as error:
        notebook = nbformat.read(result, as_version=4)
        tagged = [cell for cell in notebook.cells if "raises-exception" in cell.metadata.get("tags", [])]
        assert any(error.source == cell.source for cell in tagged), error
    notebook = nbformat.read(result, as_version=4)
    executed = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert all(executed), "The run stopped before the last cell."
    for cell in notebook.cells:
        if cell.cell_type == "code" and "raises-exception" not in cell.metadata.get("tags", []):
            assert not any(output.output_type == "error" for output in cell.outputs), cell.id


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_stored_clean(path: Path) -> None:
    """Chapters are valid notebooks of format 4.5 and are stored without outputs."""
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    for cell in notebook.cells:
        assert not cell.get("outputs"), cell.id
        assert cell.get("execution_count") is None, cell.id
