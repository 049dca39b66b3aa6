"""From an exercise's marked cell to its sources: solution, starter, tests, mistakes, hints.

The starter is the cell with each SOLUTION replaced by the text of the STARTER that follows it. Where
there is none, `# your code here` and `...` stand in, indented like the solution; inside a string, where a
comment would be part of the text, `...` alone does.
"""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from courses.authoring.spots import Spot
from courses.models.cell_syntax import parse_cell, syntax_error
from courses.models.checkpoint import CodeMistake
from courses.models.marks import Region, split_regions

_PLACEHOLDER = ("# your code here", "...")


@dataclass(frozen=True, slots=True)
class ExerciseSources:
    """The sources of an exercise, without mark lines."""

    starter: str
    solution: str
    tests: str
    hidden_tests: str
    mistakes: tuple[CodeMistake, ...]
    alternatives: tuple[str, ...]
    hints: tuple[str, ...]


def read_sources(cell: str, spot: Spot, *, first_line: int = 1) -> ExerciseSources:
    """Cut an exercise's cell; what is wrong is reported at `spot`, lines counting from `first_line`."""
    regions, problems = split_regions(cell, first_line=first_line)
    for problem in problems:
        spot.at(line=problem.line).error(problem.message, problem.fix)
    _check_notes(regions, spot)
    body = _pair_starters(regions, spot)
    solution = _join(piece.region for piece in body)
    sources = ExerciseSources(
        starter=_trim("\n".join(_starter_lines(body))),
        solution=solution,
        tests=_join(_named(regions, "TESTS")),
        hidden_tests=_join(_named(regions, "HIDDEN TESTS")),
        mistakes=tuple(_mistake(r, spot) for r in _named(regions, "MISTAKE")),
        alternatives=tuple(_trim(r.text) for r in _named(regions, "ALTERNATIVE")),
        hints=tuple(_hint(r, spot) for r in _named(regions, "HINT")),
    )
    if not problems:
        _check_syntax(sources, body, regions, spot)
    return sources


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of the cell that belongs to the solution, with the STARTER that replaces it, if any."""

    region: Region
    starter: Region | None = None


def _pair_starters(regions: Sequence[Region], spot: Spot) -> list[_Piece]:
    body: list[_Piece] = []
    solution: int | None = None
    for region in regions:
        if region.name == "STARTER":
            where = spot.at(line=region.mark_line)
            if solution is None:
                where.error("This STARTER follows no SOLUTION.", "Put it below the SOLUTION it replaces.")
            elif body[solution].starter is not None:
                where.error("This SOLUTION has a STARTER already.", "Keep one STARTER below each SOLUTION.")
            else:
                body[solution] = _Piece(body[solution].region, region)
        elif region.name in (None, "SOLUTION"):
            if region.name == "SOLUTION":
                solution = len(body)
            body.append(_Piece(region))
    if solution is None:
        spot.error(
            "The exercise has no SOLUTION.",
            "Put `### BEGIN SOLUTION` and `### END SOLUTION` around what the learner is to write.",
        )
    return body


def _starter_lines(body: Sequence[_Piece]) -> list[str]:
    in_string = _solutions_in_strings(body)
    lines: list[str] = []
    for position, piece in enumerate(body):
        if piece.region.name is None:
            lines += piece.region.lines
        elif piece.starter is not None:
            lines += piece.starter.lines
        else:
            placeholder = _PLACEHOLDER[1:] if position in in_string else _PLACEHOLDER
            indent = _indent(piece.region.lines)
            lines += [indent + line for line in placeholder]
    return lines


def _solutions_in_strings(body: Sequence[_Piece]) -> set[int]:
    """Positions of the pieces that stand inside a string of the solution."""
    lines: list[str] = []
    begins: dict[int, int] = {}
    for position, piece in enumerate(body):
        if piece.region.name is not None:
            begins[position] = len(lines) + 1
            lines.append("###")  # stands for the mark line, which may be all that is in the string
        lines += piece.region.lines
    tree = parse_cell("\n".join(lines))
    strings = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    ]
    return {p for p, line in begins.items() if any(first < line <= last for first, last in strings)}


def _mistake(region: Region, spot: Spot) -> CodeMistake:
    """The message stands on the mark's line or in the comment lines below it, or goes on in them."""
    count = 0
    for line in region.lines:
        if not line.lstrip().startswith("#"):
            break
        count += 1
    message = _uncomment(region.lines[:count])
    if region.note:
        message = f"{region.note}\n{message}".strip()
    where = spot.at(line=region.mark_line)
    if not message:
        where.error("This MISTAKE says nothing to the learner.", "Write the message behind `BEGIN MISTAKE`.")
    source = _trim("\n".join(region.lines[count:]))
    if not source:
        where.error("This MISTAKE has no code.", "It holds a whole cell that replaces the solution.")
    return CodeMistake(source, message)


def _hint(region: Region, spot: Spot) -> str:
    lines = [line for line in region.lines if line.strip()]
    commented = bool(lines) and all(line.lstrip().startswith("#") for line in lines)
    text = _uncomment(region.lines) if commented else region.text.strip()
    hint = f"{region.note}\n{text}".strip()
    if not hint:
        where = spot.at(line=region.mark_line)
        where.error("This HINT is empty.", "Write its text between its marks.")
    return hint


def _uncomment(lines: Sequence[str]) -> str:
    return "\n".join(re.sub(r"^\s*# ?", "", line) for line in lines).strip()


def _check_notes(regions: Sequence[Region], spot: Spot) -> None:
    for region in regions:
        if region.note and region.name not in ("MISTAKE", "HINT"):
            where = spot.at(line=region.mark_line)
            where.error(f"Nothing may follow `BEGIN {region.name}`.", "Put it on a line of its own.")


def _check_syntax(
    sources: ExerciseSources, body: Sequence[_Piece], regions: Sequence[Region], spot: Spot
) -> None:
    _check_python(sources.solution, "the exercise with its solution", spot, "SOLUTION")
    for name in ("TESTS", "HIDDEN TESTS", "MISTAKE", "ALTERNATIVE"):
        for region in _named(regions, name):
            where = spot.at(line=region.mark_line)
            if not region.text.strip():
                where.error(f"{name} is empty.", "Fill it in or delete its marks.")
            elif name != "MISTAKE":  # a mistake may well be one of syntax
                _check_python(region.text, name, where, name)
    own = any(piece.starter for piece in body)
    if not own and parse_cell(sources.solution) and not parse_cell(sources.starter):
        spot.warn("The starter is not valid Python.", "Give one in `### BEGIN STARTER` … `### END STARTER`.")


def _check_python(source: str, what: str, spot: Spot, field: str) -> None:
    if detail := syntax_error(source):
        spot.at(field=field).error(f"{what} is not valid Python: {detail}.", "Correct the code.")


def _named(regions: Sequence[Region], name: str) -> list[Region]:
    return [region for region in regions if region.name == name]


def _indent(lines: Sequence[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    return first[: len(first) - len(first.lstrip())]


def _join(regions: Iterable[Region]) -> str:
    return _trim("\n".join(region.text for region in regions))


def _trim(source: str) -> str:
    """Without blank lines around it."""
    return re.sub(r"\A(?:[ \t]*\n)+", "", source).rstrip()
