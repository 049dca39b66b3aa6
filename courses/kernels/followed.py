"""What pages follow of a session: its state by versions that grow with every change, and who is connected."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Literal
from uuid import uuid4

from courses.kernels.pages import Pages
from courses.kernels.run_clock import RunClock

State = Literal["off", "starting", "ready", "lost"]


class Followed:
    """Not thread-safe: it lives in the server's event loop."""

    def __init__(self, clock: RunClock) -> None:
        self.clock = clock
        self.epoch = uuid4().hex
        """Versions of one session are comparable, those of two are not: a restarted server has new ones."""
        self.state: State = "off"
        self.notice = ""
        self.version = 0
        self.seen = time.monotonic()
        """When a page last asked for news or was connected. Monotonic."""
        self._waiting = 0
        self._changed = asyncio.Event()
        self._pages = Pages()

    def attach(self, close: Callable[[], None], page: str) -> None:
        """Give a page's connection to the kernel its place. Raises TooManyPages.

        `close` ends it when the kernel goes, or when the same page connects anew.
        """
        was = self.crowded
        self._pages.enter(close, page)
        self._tell_if_crowded(was)

    def detach(self, close: Callable[[], None]) -> None:
        """Forget a page's connection."""
        self.seen, was = time.monotonic(), self.crowded
        self._pages.leave(close)
        self._tell_if_crowded(was)
        if not self._pages:
            self.clock.resume()

    @property
    def followed(self) -> bool:
        """Whether somebody waits for news at this moment, as an open page does."""
        return self._waiting > 0

    @property
    def crowded(self) -> bool:
        """Whether no other page can be connected."""
        return self._pages.full

    async def wait(self, version: int, seconds: float) -> None:
        """Return when the session has moved past `version`, or after `seconds`."""
        if self.version > version:
            return
        self._waiting += 1
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)
        finally:
            self._waiting -= 1
            self.seen = time.monotonic()

    def _tell_if_crowded(self, was: bool) -> None:
        if self.crowded != was:
            self._move(self.state, self.notice)

    def _move(self, state: State, notice: str) -> None:
        self.state, self.notice = state, notice
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()
