"""Children that are forked before anybody asks for one, each in a control group of its own.

Before it moves a process into a group, Linux waits until no processor is in the middle of a fork; that takes
longer than everything else about a child. These have it behind them when their job comes.
"""

import contextlib
import itertools
import os
import select
import signal
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass

from courses.sandbox import wire
from courses.sandbox.child import await_job
from courses.sandbox.host import Host
from courses.sandbox.job import Job


@dataclass(frozen=True, slots=True)
class Reserved:
    """`ended` is a descriptor that is readable once it has; it gets its job through `orders`."""

    pid: int
    group: str
    ended: int
    orders: socket.socket


class Reserve:
    """At most `size` of them, whose ends `poll` hears of. A child that is not there is forked for its job."""

    def __init__(self, host: Host, size: int, poll: "select.poll") -> None:
        self._host, self._size, self._poll = host, size, poll
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Reserved] = {}
        """By `ended`, the oldest first."""

    def __contains__(self, descriptor: int) -> bool:
        return descriptor in self._waiting

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= self._size

    def pids(self) -> list[int]:
        return [one.pid for one in self._waiting.values()]

    def add(self, forget: Callable[[], None]) -> None:
        """One more. `forget` is called in the child."""
        group = f"reserve-{next(self._numbers)}"
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._host.groups.make(group)
                pid = self._host.fork()
            except OSError:
                self._host.groups.remove(group)
                ours.close()
                self._size = 0
                return
            if pid == 0:
                ours.detach()
                forget()
                await_job(self._host, group, theirs)
        one = Reserved(pid, group, os.pidfd_open(pid), ours)
        self._waiting[one.ended] = one
        self._poll.register(one.ended, select.POLLIN)

    def employ(self, job: Job, descriptors: tuple[int, int]) -> Reserved | None:
        """Give the oldest one a job, and the descriptors that come with it. None when there is nobody."""
        while self._waiting:
            one = self._waiting.pop(next(iter(self._waiting)))
            with one.orders, contextlib.suppress(OSError):
                self._host.groups.limit(one.group, job.limits)
                wire.send(one.orders, asdict(job), descriptors)
                return one
            self._bury(one)
        return None

    def drop(self, descriptor: int) -> None:
        """One that has ended unasked. There will be one less: where that happens, it happens again."""
        self._bury(self._waiting.pop(descriptor))
        self._size -= 1

    def forget(self) -> None:
        """In a child: its numbers are closed, and what stood for them must not close others later."""
        for one in self._waiting.values():
            one.orders.detach()
        self._waiting.clear()

    def close(self) -> None:
        for one in self._waiting.values():
            one.orders.close()
            self._bury(one)
        self._waiting.clear()

    def _bury(self, one: Reserved) -> None:
        with contextlib.suppress(OSError):
            os.kill(one.pid, signal.SIGKILL)
        os.waitpid(one.pid, 0)
        self._poll.unregister(one.ended)
        os.close(one.ended)
        self._host.groups.remove(one.group)
