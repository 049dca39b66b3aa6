"""At most so many at once; the others wait in line, in turns, and not for ever.

Learners take turns, and each has but one place at a time: whoever submits endless loops waits for
himself.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager

from courses.errors import GraderUnavailable

_BUSY = "Too much code is being checked just now. Please try again in a minute."


class Turnstile:
    """`patience` is the longest wait in seconds, `longest` how many may wait, all together."""

    def __init__(self, places: int, patience: float, longest: int = 256) -> None:
        self._free, self._patience, self._longest = places, patience, longest
        self._lines: dict[str, deque[object]] = {}
        """Those who wait, by whom it is for; the keys are in the order of their turns."""
        self._inside: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def place(self, on_behalf: str = "") -> Iterator[None]:
        """Raises GraderUnavailable when none gets free in time. Nobody in particular is "": unbounded."""
        self._enter(on_behalf)
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._inside[on_behalf] -= 1
                self._inside += Counter()  # forget whoever is at zero
                self._changed.notify_all()

    def is_calm(self) -> bool:
        """Whether nobody waits."""
        with self._changed:
            return not self._lines

    def _enter(self, whose: str) -> None:
        ticket = object()
        deadline = time.monotonic() + self._patience
        with self._changed:
            if sum(map(len, self._lines.values())) >= self._longest:
                raise GraderUnavailable(_BUSY)
            self._lines.setdefault(whose, deque()).append(ticket)
            try:
                while self._next() is not ticket:
                    if not self._changed.wait(deadline - time.monotonic()) and time.monotonic() >= deadline:
                        raise GraderUnavailable(_BUSY)
                self._free -= 1
                self._inside[whose] += 1
            finally:
                self._leave_line(whose, ticket)
                self._changed.notify_all()

    def _next(self) -> object | None:
        """Whose turn it is, if there is a place."""
        if not self._free:
            return None
        waiting = self._lines.items()
        return next((line[0] for whose, line in waiting if not whose or not self._inside[whose]), None)

    def _leave_line(self, whose: str, ticket: object) -> None:
        """Who comes next from there waits for all others' turns."""
        line = self._lines.pop(whose)
        line.remove(ticket)
        if line:
            self._lines[whose] = line
