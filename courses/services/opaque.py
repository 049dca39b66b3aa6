"""Opaque ids for options and lines, so that neither an id nor an order tells where the author put them.

An id depends on the text, not on its place: when an edition adds an option or moves one, the ids of
the others stay, and an earlier answer can still be shown.
"""

import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from courses.models.checkpoint import Choice, Many, Order, Question


@dataclass(frozen=True, slots=True)
class OpaqueIds:
    """The ids that one learner sees at one step."""

    secret: bytes = field(repr=False)
    user: int
    step: str

    def of(self, question: Question, part: int = 0) -> tuple[str, ...]:
        """An id a position of the author's list; `part` is the question's place in its checkpoint."""
        seen: Counter[str] = Counter()
        ids = []
        for text in _texts(question):
            seen[text] += 1
            name = f"{self.user}/{self.step}/{part}/{seen[text]}/{text}"
            ids.append(hmac.digest(self.secret, name.encode(), "sha256").hex()[:10])
        return tuple(ids)

    def presented(self, question: Question, part: int = 0) -> tuple[int, ...]:
        """The positions in the order in which this learner sees them."""
        ids = self.of(question, part)
        shuffled = tuple(sorted(range(len(ids)), key=lambda position: ids[position]))
        if isinstance(question, Order):
            return _unsolved(question.lines, shuffled)
        if isinstance(question, Choice | Many) and not question.shuffle:
            return tuple(range(len(ids)))
        return shuffled


def _texts(question: Question) -> Sequence[str]:
    match question:
        case Choice() | Many():
            return [option.text for option in question.options]
        case Order():
            return question.lines
        case _:
            return ()


def _unsolved(lines: Sequence[str], order: tuple[int, ...]) -> tuple[int, ...]:
    """The order itself, or turned by one where it happens to be the right one."""
    solved = [lines[position] for position in order] == list(lines)
    return (*order[1:], order[0]) if solved and order else order
