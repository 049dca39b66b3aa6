"""Cells keep their ids from edition to edition: what learners wrote in an example hangs on its id.

Most notebooks give each cell an id of its own. Older ones do not, and even a given id is lost when a
cell is cut and written anew or the notebook is converted. So a new edition's code cells take the ids of
those that they were, as far as one can tell.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from hashlib import sha256

from courses.models.course import Cell, Chapter, Course

_ALIKE = 0.5
_COMPARED = 2000
"""Characters of a cell that are compared, for publishing not to take long."""


def derived_id(kind: str, source: str, step: str, before: int) -> str:
    """An id for a cell that has none, `before` like it being above it in its step (empty: the closing).

    No notebook gives such an id: it has a character that ids must not have.
    """
    said = f"{step}\n{before}\n{kind}\n{source}".encode("utf-8", "surrogatepass")
    return "~" + sha256(said).hexdigest()[:12]


def keep_cell_ids(old: Course, new: Course) -> Course:
    """`new`, in which the code cells of `old` are found under the ids that they have there."""
    reserved = {placed.cell.id for placed in _placed(new) if not placed.is_code}
    before = [placed for placed in _placed(old) if placed.is_code and placed.cell.id not in reserved]
    pairing = _Pairing(before, [placed for placed in _placed(new) if placed.is_code])
    pairing.pair(_by_given_id)
    pairing.pair(lambda placed: (placed.part, placed.cell.source))
    pairing.pair(lambda placed: placed.cell.source)
    pairing.pair_alike()
    return _renamed(new, pairing.names(reserved))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cell and the part of the course it is in: its step, or its chapter's closing."""

    cell: Cell
    chapter: str
    part: tuple[str, str]

    @property
    def is_code(self) -> bool:
        return self.cell.kind == "code"


class _Pairing:
    """Says which cell is which, by one rule after the other; each cell is taken once."""

    def __init__(self, old: list[_Placed], new: list[_Placed]) -> None:
        self._old, self._new = old, new
        self._names: dict[str, str] = {}

    def pair(self, key: Callable[[_Placed], Hashable]) -> None:
        """Take those with an equal key for the same, in order; None is no key."""
        waiting: dict[Hashable, deque[_Placed]] = defaultdict(deque)
        for placed in self._old:
            waiting[key(placed)].append(placed)
        for placed in list(self._new):
            found = key(placed)
            if found is not None and waiting[found]:
                self._take(waiting[found].popleft(), placed)

    def pair_alike(self) -> None:
        """Take what was changed for the same: what is most alike within a step."""
        for placed in list(self._new):
            others = (old for old in self._old if old.part == placed.part)
            rated = ((_likeness(old.cell, placed.cell), old) for old in others)
            likeness, best = max(rated, key=lambda pair: pair[0], default=(0.0, placed))
            if likeness >= _ALIKE:
                self._take(best, placed)

    def names(self, reserved: set[str]) -> dict[str, str]:
        """The new cells' ids as they are to be, by those that they have: each another one."""
        taken = reserved | set(self._names.values())
        for placed in self._new:
            name, number = placed.cell.id, 1
            while name in taken:
                number += 1
                name = f"{placed.cell.id}-{number}"
            taken.add(name)
            self._names[placed.cell.id] = name
        return self._names

    def _take(self, old: _Placed, new: _Placed) -> None:
        self._old.remove(old)
        self._new.remove(new)
        self._names[new.cell.id] = old.cell.id


def _by_given_id(placed: _Placed) -> Hashable:
    """In its chapter: where chapters have equal ids, the course has others, by the chapters' order."""
    return None if "~" in placed.cell.id else (placed.chapter, placed.cell.id)


def _likeness(one: Cell, other: Cell) -> float:
    matcher = SequenceMatcher(None, one.source[:_COMPARED], other.source[:_COMPARED], autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def _placed(course: Course) -> Iterator[_Placed]:
    for chapter in course.chapters:
        parts = [(("step", step.id), step.cells) for step in chapter.steps]
        for part, cells in (*parts, (("closing", chapter.id), chapter.closing)):
            yield from (_Placed(cell, chapter.id, part) for cell in cells)


def _renamed(course: Course, names: dict[str, str]) -> Course:
    def cells(of: tuple[Cell, ...]) -> tuple[Cell, ...]:
        return tuple(replace(cell, id=names.get(cell.id, cell.id)) for cell in of)

    def renamed(chapter: Chapter) -> Chapter:
        steps = tuple(replace(step, cells=cells(step.cells)) for step in chapter.steps)
        return replace(chapter, steps=steps, closing=cells(chapter.closing))

    return replace(course, chapters=tuple(map(renamed, course.chapters)))
