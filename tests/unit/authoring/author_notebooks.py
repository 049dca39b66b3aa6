"""Builds notebooks and course folders from lists of cells, as an author's JupyterLab would save them."""

import json
from pathlib import Path
from typing import Any

OPENING = "# A chapter\n\nWhat it is about."
READ = "%%checkpoint start\nkind: read"


def markdown(source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def code(source: str, *, tags: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    metadata = {"tags": list(tags)}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
        **more,
    }


def notebook(*cells: dict[str, Any] | str) -> bytes:
    """Texts that start with `%` are code, all others Markdown."""
    made = [
        cell if isinstance(cell, dict) else code(cell) if cell.startswith("%") else markdown(cell)
        for cell in cells
    ]
    for number, cell in enumerate(made):
        cell.setdefault("id", f"c{number}")
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}).encode()


def write_course(folder: Path, *, yml: str = "", **chapters: bytes) -> Path:
    """A course folder `folder` with a chapter for each keyword."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = "".join(f"- {name}\n" for name in chapters)
    (folder / "course.yml").write_text(f"format: 1\ntitle: A course\nchapters:\n{listed}{yml}")
    for name, content in chapters.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    return folder
