"""Ids for the cells of notebooks from before cells had ids.

An id says what its cell is, not where: a cell that comes in above changes none of those below.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from courses.authoring.notebook_cells import SourceCell
from courses.models.cell_ids import derived_id

_END = re.compile(r"\s*%%(?:checkpoint|exercise)[ \t]+(?P<step>\S+)")


def name_cells(cells: Sequence[SourceCell]) -> list[SourceCell]:
    """The cells, each with an id. Those that have one keep it."""
    named: list[SourceCell] = []
    for step, run in _steps(cells):
        seen: Counter[tuple[str, str]] = Counter()
        for cell in run:
            before = seen[cell.kind, cell.source]
            seen[cell.kind, cell.source] += 1
            named.append(
                cell if cell.id else replace(cell, id=derived_id(cell.kind, cell.source, step, before))
            )
    return named


def _steps(cells: Sequence[SourceCell]) -> Iterator[tuple[str, list[SourceCell]]]:
    """Each step's id and cells, and last the closing's, which has none."""
    run: list[SourceCell] = []
    for cell in cells:
        run.append(cell)
        if cell.kind == "code" and (end := _END.match(cell.source)):
            yield end["step"], run
            run = []
    yield "", run
