"""Waiting for a descriptor, in a thread or in an event loop, without a thread of its own for each."""

import asyncio
import contextlib
import os
import select
import socket
import time
from collections.abc import Callable, Iterator

Step = Callable[[], bool]
"""Takes in what has come; whether that is all that was waited for."""
Copy = Callable[[], int]
"""A descriptor of the waiter's own: another thread may close the original, and its number be taken again."""
_LOOK = 0.02


class Deadline:
    """`seconds` from now; None is never."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self, most: float | None = None) -> float | None:
        left = None if self._end is None else max(0.0, self._end - time.monotonic())
        return min((seconds for seconds in (left, most) if seconds is not None), default=None)


def block(copy: Copy, step: Step, seconds: float | None, *, shared: bool = False) -> bool:
    """Whether it came in time. `shared` news may be taken in by another waiter, so they are looked for."""
    deadline = Deadline(seconds)
    while not step():
        left = deadline.left(_LOOK if shared else None)
        if left == 0:
            return False
        with _copied(copy) as descriptor:
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            poll.poll(None if left is None else max(1, int(left * 1000)))
    return True


async def wait(copy: Copy, step: Step, seconds: float | None, *, shared: bool = False) -> bool:
    """As `block`, for an event loop."""
    deadline = Deadline(seconds)
    while not step():
        left = deadline.left(_LOOK if shared else None)
        if left == 0:
            return False
        with _copied(copy) as descriptor:
            await _readable(descriptor, left)
    return True


async def _readable(descriptor: int, seconds: float | None) -> None:
    loop = asyncio.get_running_loop()
    came: asyncio.Future[None] = loop.create_future()
    loop.add_reader(descriptor, _settle, came)
    try:
        await asyncio.wait_for(came, seconds)
    except TimeoutError:
        pass
    finally:
        loop.remove_reader(descriptor)


def has_hung_up(connection: socket.socket) -> bool:
    """Whether the other end of a pair of sockets is closed, whatever there is still to read."""
    poll = select.poll()
    poll.register(connection, 0)
    return bool(poll.poll(0))


@contextlib.contextmanager
def _copied(copy: Copy) -> Iterator[int]:
    descriptor = copy()
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _settle(came: "asyncio.Future[None]") -> None:
    if not came.done():
        came.set_result(None)
