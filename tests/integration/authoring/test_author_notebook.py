"""An author's notebook runs from top to bottom in any front end, in a real kernel."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

EXERCISE = """%%exercise greet
#| points: 2
def greet(name):
    ### BEGIN SOLUTION
    return f"Hello {name}"
    ### END SOLUTION
### BEGIN TESTS
assert greet("Ada") == "Hello Ada"
### END TESTS
### BEGIN MISTAKE No space.
def greet(name):
    return "Hello" + name
### END MISTAKE
"""
CHECKPOINT = "%%checkpoint greeted\nkind: choice\nask: What does `{name}` do?\noptions:\n- text: a"


def execute(*cells: str) -> nbformat.NotebookNode:
    opening = [new_markdown_cell("# Chapter"), new_code_cell("%load_ext stepwise_kernel_ext")]
    notebook = new_notebook(cells=[*opening, *(new_code_cell(source) for source in cells)])
    return NotebookClient(notebook, timeout=60, kernel_name="python3").execute()


def test_a_chapter_runs_from_top_to_bottom() -> None:
    """A checkpoint shows its question, an exercise its effect: later cells use what it defines."""
    checkpoint, _, last = execute(CHECKPOINT, EXERCISE, "print(greet('Bob'))").cells[2:]
    assert checkpoint.outputs[0]["data"]["text/markdown"] == (
        "**Checkpoint** `greeted`\n\n*choice*\n\nWhat does `{name}` do?"
    )
    assert last.outputs[0]["text"] == "Hello Bob\n"


def test_a_solution_that_raises_stops_it() -> None:
    """As any failing cell does."""
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute("%%exercise bad\n### BEGIN SOLUTION\n1 / 0\n### END SOLUTION")
