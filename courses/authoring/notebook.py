"""From a notebook to a chapter: cut at its checkpoints, every cell's fields read."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from courses.authoring.cell_fields import (
    CellFields,
    read_cell_fields,
    split_markdown_fields,
)
from courses.authoring.cell_names import name_cells
from courses.authoring.checkpoints import CheckpointCell, find_checkpoint, read_checkpoint, read_exercise
from courses.authoring.field_reader import FieldReader
from courses.authoring.fields import parse_fields
from courses.authoring.notebook_cells import SourceCell, load_cells
from courses.authoring.references import check_code, check_markdown, checkpoint_texts
from courses.authoring.spots import Spot
from courses.models.cell_syntax import syntax_error
from courses.models.checkpoint import Checkpoint
from courses.models.code_fields import split_code_fields
from courses.models.course import Cell, Chapter, Step

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<text>.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_TAG_IT = "Correct it; if it is meant to raise, tag it `raises-exception`."
_FENCE = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(slots=True)
class ChapterReading:
    """A chapter, and the numbers (from 1) of the notebook's cells that it came from."""

    chapter: Chapter
    cell_numbers: dict[str, int] = field(default_factory=dict)
    step_numbers: dict[str, int] = field(default_factory=dict)


def read_chapter(chapter_id: str, content: bytes, spot: Spot, images: Collection[str]) -> ChapterReading:
    """Read a notebook. `images` are the paths that Markdown may refer to; findings go to `spot`."""
    before = len(spot.findings)
    cells = name_cells(load_cells(content, spot))
    reading = ChapterReading(Chapter(chapter_id, "", ()))
    if not cells:
        if len(spot.findings) == before:
            spot.error("The notebook is empty.", "Write a step and end it with `%%checkpoint`.")
        return reading
    title, summary, minutes = _read_opening(cells[0], spot.at(cell=cells[0].number))
    rest = cells[1:] if title else cells
    cutter = _Cutter(spot, images, reading)
    for cell in rest:
        cutter.take(cell)
    if not reading.step_numbers:
        spot.error("The chapter has no checkpoint.", "End each step with a `%%checkpoint ID` cell.")
    reading.chapter = Chapter(
        chapter_id, title, tuple(cutter.steps), tuple(cutter.cells), summary=summary, minutes=minutes
    )
    return reading


def _read_opening(cell: SourceCell, spot: Spot) -> tuple[str, str, int]:
    """Title, summary and minutes from the cell that opens the chapter."""
    fields_text, markdown = split_markdown_fields(cell.source)
    match = re.match(r"\s*# +(?P<title>.+?)[ \t]*(?:\n|\Z)", markdown)
    if cell.kind != "markdown" or match is None:
        spot.error("The chapter has no title.", "Begin with a Markdown cell whose first line is `# Title`.")
        return "", "", 0
    offset = cell.source.count("\n") - markdown.count("\n") + match[0].count("\n") + 1
    more, summary = split_markdown_fields(markdown[match.end() :])
    fields = FieldReader(parse_fields(fields_text, spot), spot)
    below = FieldReader(parse_fields(more, spot, first_line=offset), spot)
    minutes = fields.integer("minutes") or below.integer("minutes")
    fields.finish()
    below.finish()
    return match["title"], summary.strip(), minutes


class _Cutter:
    """Takes a chapter's cells one by one; `cells` are those since the last checkpoint."""

    def __init__(self, spot: Spot, images: Collection[str], reading: ChapterReading) -> None:
        self._spot = spot
        self._images = images
        self._reading = reading
        self._fields: list[CellFields] = []
        self._task = ""
        self.steps: list[Step] = []
        self.cells: list[Cell] = []

    def take(self, cell: SourceCell) -> None:
        spot = self._spot.at(cell=cell.number)
        if cell.kind == "markdown":
            self._take_markdown(cell, spot)
        elif end := find_checkpoint(cell.source, spot):
            self._take_checkpoint(end, cell.number, spot)
        else:
            self._take_code(cell, spot)

    def _take_markdown(self, cell: SourceCell, spot: Spot) -> None:
        text, source = split_markdown_fields(cell.source)
        first_line = cell.source.count("\n") - source.count("\n") + 1
        own = self._read_fields(text, spot, code=False)
        check_markdown(source, spot, self._images, cell.attachments, first_line)
        if not source.strip():
            return
        self._task = source.strip()
        self._keep(
            cell, Cell(cell.id, "markdown", source, attachments=cell.attachments, condition=own.condition)
        )

    def _take_code(self, cell: SourceCell, spot: Spot) -> None:
        text, source, first_line = split_code_fields(cell.source)
        own = self._read_fields(text, spot, code=True)
        check_code(source, spot.at(line=first_line))
        raises = "raises-exception" in cell.tags
        if not raises and (detail := syntax_error(source)):
            spot.error(f"The code is not valid Python: {detail}.", _TAG_IT)
        code = Cell(
            cell.id,
            "code",
            source,
            setup=own.setup,
            hide_source=own.hide_source,
            no_replay=own.no_replay,
            fig_alt=own.fig_alt,
            condition=own.condition,
            raises_exception=raises,
        )
        self._keep(cell, code)

    def _read_fields(self, text: str, spot: Spot, *, code: bool) -> CellFields:
        fields = FieldReader(parse_fields(text, spot), spot)
        own = read_cell_fields(fields, code=code)
        fields.finish()
        self._fields.append(own)
        return own

    def _keep(self, cell: SourceCell, kept: Cell) -> None:
        self.cells.append(kept)
        self._reading.cell_numbers[cell.id] = cell.number

    def _take_checkpoint(self, end: CheckpointCell, number: int, spot: Spot) -> None:
        checkpoint: Checkpoint | None
        if end.magic == "checkpoint":
            checkpoint, own = read_checkpoint(end, spot)
        else:
            if not self._task:
                fix = "Write what is to be done in a Markdown cell above it."
                spot.error("The exercise has no task.", fix)
            checkpoint, own = read_exercise(end, self._task, spot)
        if end.id in self._reading.step_numbers:
            earlier = self._reading.step_numbers[end.id]
            spot.error(f"Cell {earlier} has the id “{end.id}” too.", "Give each checkpoint an id of its own.")
        self._reading.step_numbers.setdefault(end.id, number)
        if checkpoint is not None:
            for name, text in checkpoint_texts(checkpoint):
                check_markdown(text, spot.at(field=name), self._images)
            self._end_step(checkpoint, own, spot)
        self._fields, self._task, self.cells = [], "", []

    def _end_step(self, checkpoint: Checkpoint, own: CellFields, spot: Spot) -> None:
        every = [*self._fields, own]
        titles = [fields.title for fields in every if fields.title]
        points = [fields.points for fields in every if fields.points is not None]
        for name, given in (("title", titles), ("points", points)):
            if len(given) > 1:
                spot.at(field=name).error(f"The step's `{name}` is given twice.", "Keep one of them.")
        title = titles[0] if titles else _first_heading(self.cells)
        if not title:
            spot.error("The step has no title.", "Begin it with a heading, or write `title:`.")
        complete = replace(
            checkpoint,
            points=points[0] if points else 1.0,
            skills=tuple(dict.fromkeys(skill for fields in every for skill in fields.skills)),
            needs=tuple(dict.fromkeys(need for fields in every for need in fields.needs)),
        )
        self.steps.append(Step(title, tuple(self.cells), complete, condition=own.condition))


def _first_heading(cells: list[Cell]) -> str:
    for cell in cells:
        if cell.kind == "markdown" and (match := _HEADING.search(_FENCE.sub("", cell.source))):
            return match["text"]
    return ""
