"""A lock that serves in the order of arrival.

SQLite has one writer at a time and lets waiting connections poll for their turn, so under load some
starve. Inside one process, writers therefore queue here before they ask SQLite.
"""

from collections import deque
from threading import Lock
from types import TracebackType


class FairLock:
    """First come, first served. Not reentrant."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._held = False
        self._waiting: deque[Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()  # the lock stays held, by the next in line
            else:
                self._held = False
