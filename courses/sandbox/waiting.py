"""Waiting for a descriptor, in a thread or in an event loop, without a thread of its own for each."""

import asyncio
import os
import select
import time
from collections.abc import Callable

Step = Callable[[], bool]
"""Takes in what has come; whether that is all that was waited for."""


class Deadline:
    """`seconds` from now; None is never."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        return None if self._end is None else max(0.0, self._end - time.monotonic())


def block(descriptor: Callable[[], int], step: Step, seconds: float | None) -> bool:
    """Whether it came in time. `descriptor` is asked again each time; -1 is closed."""
    deadline = Deadline(seconds)
    while not step():
        number, left = descriptor(), deadline.left()
        if left == 0:
            return False
        if number >= 0:
            poll = select.poll()
            poll.register(number, select.POLLIN)
            poll.poll(None if left is None else max(1, int(left * 1000)))
    return True


async def wait(descriptor: Callable[[], int], step: Step, seconds: float | None) -> bool:
    """As `block`. Several tasks may wait for the same descriptor: each has a copy of its own."""
    deadline = Deadline(seconds)
    while not step():
        number = descriptor()
        if number >= 0 and not await _readable(number, deadline.left()):
            return step()
    return True


async def _readable(descriptor: int, seconds: float | None) -> bool:
    loop = asyncio.get_running_loop()
    came: asyncio.Future[None] = loop.create_future()
    copy = os.dup(descriptor)
    loop.add_reader(copy, _settle, came)
    try:
        await asyncio.wait_for(came, seconds)
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(copy)
        os.close(copy)
    return True


def _settle(came: "asyncio.Future[None]") -> None:
    if not came.done():
        came.set_result(None)
