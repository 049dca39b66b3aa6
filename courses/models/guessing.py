"""A pause for those who guess: short, growing, and over as soon as they stop.

A failure is quick when it comes within ten seconds of the moment from which the learner could try
again. From the second quick failure in a row on there is a pause of 5, 10, 20, … seconds, 60 at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.models.checkpoint import Parts, Question

LOOK_BACK = timedelta(minutes=10)
"""Older attempts have no say in a pause: the longest row of quick failures that matters is shorter."""

_QUICK = timedelta(seconds=10)
_FIRST, _LONGEST = 5.0, 60.0
_GUESSABLE = ("choice", "many", "order")


@dataclass(frozen=True, slots=True)
class Try:
    """When a counted attempt was made, and whether it passed."""

    at: datetime
    passed: bool


def can_be_guessed(question: Question | Parts) -> bool:
    """Whether clicking through the possibilities would lead anywhere."""
    if isinstance(question, Parts):
        return all(part.kind in (*_GUESSABLE, "read") for part in question.questions)
    return question.kind in _GUESSABLE


def pause_end(tries: Sequence[Try]) -> datetime | None:
    """When the next attempt may be made, from the counted ones so far (oldest first); None is any time."""
    row, free = 0, None
    for attempt in tries:
        if attempt.passed:
            row, free = 0, None
            continue
        quick = free is not None and attempt.at - free <= _QUICK
        row = row + 1 if quick else 1
        free = attempt.at + timedelta(seconds=_pause(row))
    return free if row > 1 else None


def _pause(row: int) -> float:
    return min(_FIRST * 2.0 ** (row - 2), _LONGEST) if row > 1 else 0.0
