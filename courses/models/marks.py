"""The marks that cut an exercise's cell into regions: `### BEGIN TESTS` … `### END TESTS`.

A mark is a line of its own. It may be indented and may stand inside a string, because mark lines are
taken out before code runs. The names SOLUTION and HIDDEN TESTS are nbgrader's, which instructors know.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args

RegionName = Literal["SOLUTION", "STARTER", "TESTS", "HIDDEN TESTS", "MISTAKE", "ALTERNATIVE", "HINT"]
REGION_NAMES: tuple[RegionName, ...] = get_args(RegionName)

_NAMES = "|".join(REGION_NAMES)
_MARK = re.compile(rf"\s*###\s*(?P<edge>BEGIN|END)\s+(?P<name>{_NAMES})\b[ \t]*(?P<rest>.*)")
_ALMOST = re.compile(r"\s*#+\s*(?P<edge>BEGIN|END)\s+(?P<name>[A-Z]+(?: [A-Z]+)*)\b")


@dataclass(frozen=True, slots=True)
class Region:
    """A run of lines. `name` is None outside all marks; `line` is that of its first text line.

    `note` is what stands behind the name on the BEGIN line.
    """

    name: RegionName | None
    lines: tuple[str, ...]
    line: int
    note: str = ""

    @property
    def mark_line(self) -> int:
        """The line of the mark that begins it."""
        return self.line - 1

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class MarkProblem:
    """A mark that does not fit."""

    line: int
    message: str
    fix: str


def split_regions(source: str, *, first_line: int = 1) -> tuple[tuple[Region, ...], tuple[MarkProblem, ...]]:
    """Cut a cell at its marks. The mark lines belong to no region; regions do not nest.

    Lines are counted from `first_line`.
    """
    cutter = _Cutter(first_line)
    for number, line in enumerate(source.split("\n"), first_line):
        cutter.take(number, line)
    return cutter.finish()


class _Cutter:
    """Takes a cell's lines one by one; `_name` is the region that is open."""

    def __init__(self, first_line: int) -> None:
        self._regions: list[Region] = []
        self._problems: list[MarkProblem] = []
        self._open(None, first_line)

    def take(self, number: int, line: str) -> None:
        mark = _MARK.match(line)
        if mark is None:
            self._suspect(number, line)
            self._lines.append(line)
            return
        name = next(known for known in REGION_NAMES if known == mark["name"])
        if mark["edge"] == "BEGIN":
            self._begin(number, name, mark["rest"].strip())
        else:
            self._end(number, name)

    def finish(self) -> tuple[tuple[Region, ...], tuple[MarkProblem, ...]]:
        if self._name is not None:
            fix = f"Write `### END {self._name}` below its last line."
            self._problem(self._start - 1, f"{self._name} is never ended.", fix)
        self._close()
        return tuple(self._regions), tuple(self._problems)

    def _begin(self, number: int, name: RegionName, note: str) -> None:
        if self._name is not None:
            fix = f"Write `### END {self._name}` above it."
            self._problem(number, f"{name} begins inside {self._name}.", fix)
        self._close()
        self._open(name, number + 1, note)

    def _end(self, number: int, name: RegionName) -> None:
        if self._name is None:
            fix = f"Write `### BEGIN {name}` above it."
            self._problem(number, f"END {name} does not fit: nothing is open here.", fix)
        elif self._name != name:
            fix = f"Write `### END {self._name}`."
            self._problem(number, f"END {name} does not fit: {self._name} is open here.", fix)
        self._close()
        self._open(None, number + 1)

    def _open(self, name: RegionName | None, line: int, note: str = "") -> None:
        self._name, self._start, self._note = name, line, note
        self._lines: list[str] = []

    def _close(self) -> None:
        if self._name is not None or self._lines:
            self._regions.append(Region(self._name, tuple(self._lines), self._start, self._note))

    def _suspect(self, number: int, line: str) -> None:
        """Report a line that was surely meant as a mark: a wrong number of `#`, or a name gone wrong."""
        if (almost := _ALMOST.match(line)) is None:
            return
        if close := get_close_matches(almost["name"], REGION_NAMES, n=1, cutoff=0.75):
            edge, fix = almost["edge"], f"Did you mean `### {almost['edge']} {close[0]}`?"
            self._problem(number, f"“{edge} {almost['name']}” is not a mark.", fix)

    def _problem(self, line: int, message: str, fix: str) -> None:
        self._problems.append(MarkProblem(line, message, fix))
