"""How often one person may do a thing, so that a runaway script meets a clear refusal, early and cheaply.

The counts live in this process: a restart forgets them, and every server process has its own.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

from courses.errors import TooMany
from courses.models.phrases import phrase


class SlidingWindow:
    """At most `limit` admissions for each person in any `seconds`. Refused ones do not count.

    Used from the event loop alone, so it needs no lock.
    """

    def __init__(
        self, limit: int, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._seconds, self._clock = limit, seconds, clock
        self._admitted: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def admit(self, person: Hashable) -> None:
        """Count one more for `person`, however they are told apart. Raises TooMany."""
        now = self._clock()
        self._forget(now - self._seconds)
        times = self._admitted.setdefault(person, deque())
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) >= self._limit:
            wait = times[0] + self._seconds - now
            said = phrase(
                "More than {limit} attempts in {seconds:.0f} seconds. Wait a little.",
                limit=self._limit,
                seconds=self._seconds,
            )
            raise TooMany(wait, said)
        times.append(now)
        self._admitted.move_to_end(person)

    def _forget(self, before: float) -> None:
        """Drop what has left the window. People stand in the order of their last admission."""
        while self._admitted:
            person, times = next(iter(self._admitted.items()))
            if times[-1] > before:
                break
            del self._admitted[person]
