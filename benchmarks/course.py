"""The course that is measured, as a Stepwise course, and its long chapter as a plain notebook for Voilà."""

from pathlib import Path

import nbformat

from benchmarks.work import CHAPTER_CELLS, EXAMPLE, PROSE, STEPS
from tests.atlas import notebook

COURSE, LONG, CELLS = "walk", "long", "cells"
ABOUT = """format: 1
title: Walk
summary: A long way in small steps.
language: en
chapters:
- long
- cells
"""
LAST_PROSE = f"Step {STEPS}"
"""Stands in a page that holds all steps."""


def write_course(root: Path) -> Path:
    """Write it below `root` and return its folder."""
    folder = root / COURSE
    folder.mkdir(parents=True)
    (folder / "course.yml").write_text(ABOUT)
    nbformat.write(notebook(_long_chapter()), folder / f"{LONG}.ipynb")
    nbformat.write(notebook(_chapter_of_cells()), folder / f"{CELLS}.ipynb")
    return folder


def write_plain_notebook(file: Path) -> None:
    """The long chapter's prose and code, without checkpoints."""
    cells = [("markdown", "# A long chapter")]
    for step in range(1, STEPS + 1):
        cells += [("markdown", _prose(step)), ("code", EXAMPLE.format(step=step))]
    nbformat.write(notebook(cells), file)


def step_ids() -> list[str]:
    """The long chapter's, in order."""
    return [f"step-{step}" for step in range(1, STEPS + 1)]


def _long_chapter() -> list[tuple[str, str]]:
    cells = [("markdown", "# A long chapter"), ("code", "%load_ext stepwise_kernel_ext")]
    for step, id_ in enumerate(step_ids(), start=1):
        cells += [("markdown", _prose(step)), ("code", EXAMPLE.format(step=step)), _checkpoint(id_)]
    return cells


def _chapter_of_cells() -> list[tuple[str, str]]:
    cells = [("markdown", "# Cells"), ("code", "%load_ext stepwise_kernel_ext"), ("markdown", "## Look")]
    cells += [("code", _described(cell)) for cell in CHAPTER_CELLS]
    return [*cells, _checkpoint("look")]


def _prose(step: int) -> str:
    return f"## Step {step}\n\n{PROSE}"


def _checkpoint(id_: str) -> tuple[str, str]:
    return "code", f"%%checkpoint {id_}\nkind: read\nask: Go on when you have read it."


def _described(cell: str) -> str:
    return f"#| fig-alt: A line\n{cell}" if "plt.show" in cell else cell
