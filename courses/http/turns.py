"""One at a time for each person, so that nobody's queue becomes everybody's."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Turns:
    """First come, first served, for each person apart. Used from the event loop alone."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, person: Hashable) -> AsyncIterator[None]:
        """Wait until what this person began before has ended."""
        lock = self._locks.setdefault(person, asyncio.Lock())
        async with lock:
            yield
