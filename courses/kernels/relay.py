"""Between the sockets of kernels and the server: passes on whole messages, none too large and not too many.

ZeroMQ takes whatever a peer sends into the memory of the program that listens, and its queues are told in
messages of any size. A kernel runs what its learner wrote, which may write to those sockets as well.
"""

import asyncio
import contextlib
import threading
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from courses.kernels.limits import MIB
from courses.kernels.zmtp import Cutter, NotZmtp

_CHUNK = 2**16
_ACCEPTING = 3
"""Rounds of the loop until a connection that was accepted is its server's. One closed before forgets it."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a kernel may send over one connection: bytes a message; bytes and frames a second, and at once.

    Larger messages are left out. Whoever sends faster waits. (A message of a kernel's has some seven frames.)
    """

    message: int
    pace: int = 16 * MIB
    spurt: int = 32 * MIB
    frames: int = 28_000
    volley: int = 56_000


@dataclass(slots=True)
class _Allowance:
    """A bucket that fills by `pace` a second up to `spurt`."""

    pace: float
    spurt: float
    _left: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._left, self._at = self.spurt, time.monotonic()

    def wait_for(self, amount: float) -> float:
        """Seconds until what has been taken is paid for."""
        now = time.monotonic()
        self._left = min(self.spurt, self._left + (now - self._at) * self.pace) - amount
        self._at = now
        return max(0.0, -self._left / self.pace)


class Relay:
    """Runs in a thread of its own, with all kernels of the program. Its methods are for any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._servers: dict[Path, asyncio.Server] = {}
        self._open: dict[Path, set[asyncio.Task[None]]] = {}
        threading.Thread(target=self._loop.run_forever, name="kernel-relay", daemon=True).start()

    async def listen(self, place: Path, kernel: Path, bounds: Bounds) -> None:
        """Take connections at `place`, and make one to `kernel` for each."""
        await self._there(self._listen(place, kernel, bounds))

    async def close(self, place: Path) -> None:
        await self._there(self._close(place))

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _listen(self, place: Path, kernel: Path, bounds: Bounds) -> None:
        tasks: set[asyncio.Task[None]] = set()

        async def connected(reader: StreamReader, writer: StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            with contextlib.suppress(OSError, NotZmtp):
                await _relay(reader, writer, kernel, bounds)

        self._servers[place] = await asyncio.start_unix_server(connected, place)
        self._open[place] = tasks

    async def _close(self, place: Path) -> None:
        if server := self._servers.pop(place, None):
            for listening in server.sockets:
                self._loop.remove_reader(listening)
            for _ in range(_ACCEPTING):
                await asyncio.sleep(0)
            server.close()
            for task in self._open.pop(place):
                task.cancel()


@cache
def shared_relay() -> Relay:
    """The program's one."""
    return Relay()


async def _relay(reader: StreamReader, writer: StreamWriter, kernel: Path, bounds: Bounds) -> None:
    """Until either side ends."""
    try:
        from_kernel, to_kernel = await asyncio.open_unix_connection(kernel)
        try:
            ways = (_pass_on(reader, to_kernel), _pass_bounded(from_kernel, writer, bounds))
            tasks = [asyncio.ensure_future(way) for way in ways]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
        finally:
            to_kernel.close()
    finally:
        writer.close()


async def _pass_on(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()


async def _pass_bounded(reader: StreamReader, writer: StreamWriter, bounds: Bounds) -> None:
    cutter = Cutter(bounds.message)
    paced = _Allowance(bounds.pace, bounds.spurt)
    counted = _Allowance(bounds.frames, bounds.volley)
    while data := await reader.read(_CHUNK):
        before = cutter.frames
        if passed := b"".join(cutter.take(data)):
            writer.write(passed)
            await writer.drain()
        wait = max(paced.wait_for(len(data)), counted.wait_for(cutter.frames - before))
        if wait:
            await asyncio.sleep(wait)
