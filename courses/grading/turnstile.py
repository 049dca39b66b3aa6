"""At most so many at once; the others wait in line, first come first served, and not for ever."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from courses.errors import GraderUnavailable


class Turnstile:
    """`patience` is the longest wait in seconds."""

    def __init__(self, places: int, patience: float) -> None:
        self._free, self._patience = places, patience
        self._line: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Raises GraderUnavailable when none gets free in time."""
        self._enter()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()

    def _enter(self) -> None:
        ticket = object()
        deadline = time.monotonic() + self._patience
        with self._changed:
            self._line.append(ticket)
            try:
                while self._line[0] is not ticket or not self._free:
                    if not self._changed.wait(deadline - time.monotonic()) and time.monotonic() >= deadline:
                        raise GraderUnavailable(
                            "Too much code is being checked just now. Please try again in a minute."
                        )
                self._free -= 1
            finally:
                self._line.remove(ticket)
                self._changed.notify_all()
