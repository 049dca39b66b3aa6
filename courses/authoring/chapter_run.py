"""Running a chapter from top to bottom as its author meant it, and keeping what its cells showed."""

from collections.abc import Mapping
from dataclasses import dataclass

from courses.models.cell_syntax import contained
from courses.models.checkpoint import Exercise
from courses.models.course import Cell, Chapter
from courses.services.ports import CellRun, CodeGrader, Limits

CHAPTER_LIMITS = Limits(wall=120.0, cpu=120.0, memory_mb=2048, output=20_000_000)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something of a chapter that runs: an author's code cell, or (`cell` is None) a solution.

    `position` is that of its step; the closing cells follow the last one's.
    """

    source: str
    position: int
    cell: Cell | None = None

    @property
    def may_raise(self) -> bool:
        return self.cell is not None and self.cell.raises_exception

    @property
    def is_replayed(self) -> bool:
        return self.cell is None or not self.cell.no_replay


@dataclass(frozen=True, slots=True)
class ChapterRun:
    """`runs` follow `entries` as far as the chapter ran; `failed` is the entry that stopped it."""

    entries: tuple[Entry, ...]
    runs: tuple[CellRun, ...]
    failed: Entry | None = None

    def context(self, position: int) -> tuple[str, ...] | None:
        """What has run when a learner meets the checkpoint; None when the chapter did not get there."""
        before = [e for e in self.entries if e.position < position or (e.position == position and e.cell)]
        if self.failed in before:
            return None
        return tuple(contained(e.source) if e.may_raise else e.source for e in before if e.is_replayed)

    def outputs(self) -> dict[str, CellRun]:
        """What the author's cells showed, by cell id."""
        return {e.cell.id: run for e, run in zip(self.entries, self.runs, strict=False) if e.cell}


def run_chapter(chapter: Chapter, files: Mapping[str, bytes], grader: CodeGrader) -> ChapterRun:
    """Run cells and solutions in order, in one process. Raises GraderUnavailable.

    A run ends at the first error. Where the author wants one (`raises-exception`), the chapter is run
    again with that cell contained, so that what follows has everything the cell did before it raised.
    """
    entries = _entries(chapter)
    sources = [entry.source for entry in entries]
    runs: list[CellRun] = []
    while len(runs) < len(entries):
        new = grader.run_cells(tuple(sources), files, CHAPTER_LIMITS)[len(runs) :]
        if not new:
            return ChapterRun(entries, tuple(runs), entries[len(runs)])
        runs += new
        last = entries[len(runs) - 1]
        if new[-1].error and not last.may_raise:
            return ChapterRun(entries, tuple(runs), last)
        sources[len(runs) - 1] = contained(last.source) if new[-1].error else last.source
    return ChapterRun(entries, tuple(runs))


def _entries(chapter: Chapter) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for position, step in enumerate(chapter.steps):
        entries += [Entry(cell.source, position, cell) for cell in step.cells if cell.kind == "code"]
        if isinstance(step.checkpoint.question, Exercise):
            entries.append(Entry(step.checkpoint.question.solution, position))
    closing = len(chapter.steps)
    entries += [Entry(cell.source, closing, cell) for cell in chapter.closing if cell.kind == "code"]
    return tuple(entries)
