"""Which code cells took long, so that the next learner who comes to them need not wait even once."""

import threading
from collections import OrderedDict
from collections.abc import Iterable

from courses.grading.digests import digest

SLOW_SECONDS = 0.15
"""Code that takes longer is worth running before anybody waits for it."""
_MOST = 4096


class SlowCells:
    """Of every learner's chapter; the longest ago forgotten first.

    How long a cell took, the process says that it ran in, where learners' code has run too. That could only
    have more made ready than is needed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def learn(self, cells: Iterable[str], seconds: Iterable[float]) -> None:
        slow = [digest(cell) for cell, took in zip(cells, seconds, strict=False) if took > SLOW_SECONDS]
        with self._lock:
            for key in slow:
                self._known[key] = None
                self._known.move_to_end(key)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def knows_one_of(self, cells: Iterable[str]) -> bool:
        with self._lock:
            return bool(self._known) and any(digest(cell) in self._known for cell in cells)
