"""From a `%%checkpoint` or `%%exercise` cell to a Checkpoint.

The magic is the cell's first non-blank line, taken verbatim. Below `%%checkpoint` everything is fields;
below `%%exercise` come `#| field: value` lines and then the marked code.
"""

import re
from dataclasses import dataclass
from typing import Literal

from courses.authoring.cell_fields import CellFields, read_cell_fields
from courses.authoring.field_reader import FieldReader
from courses.authoring.fields import parse_fields
from courses.authoring.marks import read_sources
from courses.authoring.questions import RECORD_FIELDS, read_question
from courses.authoring.spots import Spot, did_you_mean
from courses.models.checkpoint import Checkpoint, Exercise
from courses.models.code_fields import split_code_fields

_MAGIC = re.compile(r"%%(?P<name>\w+)[ \t]*(?P<line>.*)")
_ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
Magic = Literal["checkpoint", "exercise"]
_MAGICS: dict[str, Magic] = {"checkpoint": "checkpoint", "exercise": "exercise"}


@dataclass(frozen=True, slots=True)
class CheckpointCell:
    """A cell that ends a step. `body` starts at `first_line` of the cell."""

    magic: Magic
    id: str
    body: str
    first_line: int


def find_checkpoint(source: str, spot: Spot) -> CheckpointCell | None:
    """What kind of checkpoint the cell is, if it is one. A magic that is nearly one is reported."""
    lines = source.split("\n")
    position = next((i for i, line in enumerate(lines) if line.strip()), 0)
    match = _MAGIC.match(lines[position])
    if match is None:
        _report_buried_magic(lines, spot)
        return None
    magic = _MAGICS.get(match["name"])
    if magic is None:
        suggestion = did_you_mean(match["name"], list(_MAGICS))
        if suggestion.startswith("Did"):
            spot.at(line=position + 1).error(f"There is no magic `%%{match['name']}`.", suggestion)
        return None
    step = match["line"].strip()
    check_id(step, f"%%{magic}", spot.at(line=position + 1))
    return CheckpointCell(magic, step, "\n".join(lines[position + 1 :]), position + 2)


def check_id(name: str, what: str, spot: Spot) -> bool:
    """Whether `name` may be an id: it stands in addresses and never changes."""
    if _ID.fullmatch(name) and len(name) <= 64:
        return True
    if not name:
        spot.error(f"`{what}` has no id.", f"Write `{what} some-name`; it must be unique in the course.")
        return False
    better = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64].strip("-") or "some-name"
    message = f"“{name}” cannot be an id: use small letters, digits and hyphens, 64 at most."
    spot.error(message, f"Write `{better}`.")
    return False


def _report_buried_magic(lines: list[str], spot: Spot) -> None:
    for number, line in enumerate(lines, 1):
        match = _MAGIC.match(line.lstrip())
        if match and match["name"] in _MAGICS:
            fix = "Make it the cell's first line."
            spot.at(line=number).error(f"`%%{match['name']}` must come first in its cell.", fix)


def read_checkpoint(cell: CheckpointCell, spot: Spot) -> tuple[Checkpoint | None, CellFields]:
    """A `%%checkpoint` cell; the fields of the step that it gives are returned beside it."""
    record = parse_fields(cell.body, spot, records=RECORD_FIELDS, first_line=cell.first_line)
    fields = FieldReader(record, spot)
    question = read_question(fields)
    hints, explanation, recheck = fields.texts("hints"), fields.text("explanation"), fields.flag("recheck")
    step = read_cell_fields(fields)
    if question is None:
        return None, step
    fields.finish()
    checkpoint = Checkpoint(cell.id, question, hints=hints, explanation=explanation, recheck=recheck)
    return checkpoint, step


def read_exercise(cell: CheckpointCell, ask: str, spot: Spot) -> tuple[Checkpoint, CellFields]:
    """A `%%exercise` cell. `ask` is the Markdown above it."""
    text, code, code_line = split_code_fields(cell.body, cell.first_line)
    fields = FieldReader(parse_fields(text, spot, first_line=cell.first_line), spot)
    timeout = fields.number("timeout", 10.0, least=1, most=60)
    explanation, recheck = fields.text("explanation"), fields.flag("recheck")
    step = read_cell_fields(fields)
    fields.finish()
    sources = read_sources(code, spot.at(line=cell.first_line - 1), first_line=code_line)
    if not sources.tests and not sources.hidden_tests:
        spot.error("The exercise has no tests.", "Put them in `### BEGIN TESTS` … `### END TESTS`.")
    exercise = Exercise(
        ask,
        sources.starter,
        sources.solution,
        sources.tests,
        sources.hidden_tests,
        sources.mistakes,
        sources.alternatives,
        timeout,
    )
    return (
        Checkpoint(cell.id, exercise, hints=sources.hints, explanation=explanation, recheck=recheck),
        step,
    )
