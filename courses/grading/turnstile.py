"""At most so many at once; the others wait in line, in turns, and not for ever.

Learners take turns, and each has but one place at a time: whoever submits endless loops waits for
himself.
"""

import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager

from courses.errors import GraderBusy


class _Ticket:
    """Somebody's place in a line."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.called = threading.Event()


class Turnstile:
    """`patience` is the longest wait in seconds, `longest` how many may wait, all together."""

    def __init__(self, places: int, patience: float, longest: int = 256) -> None:
        self._free, self._patience, self._longest = places, patience, longest
        self._lines: dict[str, deque[_Ticket]] = {}
        """Those who wait, by whom it is for; the keys are in the order of their turns."""
        self._inside: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def place(self, on_behalf: str = "", key: str = "") -> Iterator[None]:
        """Raises GraderBusy when none gets free in time. Nobody in particular is "": unbounded.

        `key` is what one asks by for how many are before it.
        """
        self._wait(on_behalf, _Ticket(key))
        try:
            yield
        finally:
            with self._lock:
                self._free += 1
                self._inside[on_behalf] -= 1
                self._inside += Counter()  # forget whoever is at zero
                self._call()

    def before(self, on_behalf: str, key: str) -> int | None:
        """How many at most go in before the one with this key; None when it does not wait.

        It only ever shrinks: who comes later goes in later.
        """
        with self._lock:
            keys = [ticket.key for ticket in self._lines.get(on_behalf, ())]
            if key not in keys:
                return None
            place, whose = keys.index(key), list(self._lines)
            earlier = whose.index(on_behalf)
            turns = [place + 1 if n < earlier else place for n in range(len(whose))]
            return sum(min(len(self._lines[who]), most) for who, most in zip(whose, turns, strict=True))

    def is_calm(self) -> bool:
        """Whether nobody waits."""
        with self._lock:
            return not self._lines

    def counts(self) -> tuple[int, int]:
        """How many are inside, and how many wait."""
        with self._lock:
            return self._inside.total(), self._waiting()

    def _wait(self, whose: str, ticket: _Ticket) -> None:
        with self._lock:
            full = self._waiting() >= self._longest
            self._lines.setdefault(whose, deque()).append(ticket)
            self._call()
            if full and not ticket.called.is_set():
                self._leave(whose, ticket)
                raise GraderBusy
        try:
            ticket.called.wait(self._patience)
        finally:
            with self._lock:
                if not ticket.called.is_set():
                    self._leave(whose, ticket)
        if not ticket.called.is_set():
            raise GraderBusy

    def _waiting(self) -> int:
        return sum(map(len, self._lines.values()))

    def _call(self) -> None:
        """Let in whose turn it is. Who comes next from there waits for all others' turns."""
        while self._free and (whose := self._next()) is not None:
            line = self._lines.pop(whose)
            ticket = line.popleft()
            if line:
                self._lines[whose] = line
            self._free -= 1
            self._inside[whose] += 1
            ticket.called.set()

    def _next(self) -> str | None:
        return next((whose for whose in self._lines if not whose or not self._inside[whose]), None)

    def _leave(self, whose: str, ticket: _Ticket) -> None:
        line = self._lines[whose]
        line.remove(ticket)
        if not line:
            del self._lines[whose]
