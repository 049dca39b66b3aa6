"""How long a kernel has been at work on one thing, whether or not a page looks on.

The kernel's own broadcast says when it begins and ends what it was asked for. A kernel that lies about it
is held to its share of the processors all the same, and goes when its page does.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

MERCY = 10.0
"""Seconds in which what is interrupted has to end."""
_MOST = 32
"""Things at a time: one in the main thread, and what goes on beside it."""


@dataclass
class _Run:
    """`timer` is None while no time passes for it."""

    left: float
    since: float
    timer: asyncio.TimerHandle | None = None
    overdue: bool = False


class RunClock:
    """Calls `too_long` with a request's id after `seconds` of work, and `stubborn` if it goes on after that.

    While the kernel waits for a line of input no time passes. Lives in the server's event loop.
    """

    def __init__(
        self,
        seconds: float,
        too_long: Callable[[str], None],
        stubborn: Callable[[], None],
        mercy: float = MERCY,
    ) -> None:
        self.seconds, self.mercy = seconds, mercy
        self._too_long, self._stubborn = too_long, stubborn
        self._runs: dict[str, _Run] = {}
        self.asks = False
        """Whether the kernel waits for a line of input."""

    @property
    def busy(self) -> bool:
        """Whether the kernel has something to do, if only to wait for input."""
        return bool(self._runs)

    @property
    def at_work(self) -> bool:
        """Whether it has something else to do."""
        return self.busy and not self.asks

    def began(self, request: str) -> None:
        if request in self._runs or len(self._runs) >= _MOST:
            return
        run = self._runs[request] = _Run(self.seconds, 0.0)
        if not self.asks:
            self._go_on(request, run)

    def ended(self, request: str) -> None:
        run = self._runs.pop(request, None)
        if run is not None and run.timer is not None:
            run.timer.cancel()
        if not self._runs:
            self.asks = False

    def pause(self) -> None:
        """The kernel asks for a line of input. What is overdue already is not spared by that."""
        self.asks = True
        for run in self._runs.values():
            if run.timer is not None and not run.overdue:
                run.timer.cancel()
                run.timer = None
                run.left -= _now() - run.since

    def resume(self) -> None:
        """It has got its line, or nobody is there to give it one."""
        self.asks = False
        for request, run in self._runs.items():
            if run.timer is None:
                self._go_on(request, run)

    def close(self) -> None:
        """The kernel is gone."""
        for request in list(self._runs):
            self.ended(request)

    def _go_on(self, request: str, run: _Run) -> None:
        run.since = _now()
        run.timer = asyncio.get_running_loop().call_later(max(0.0, run.left), self._expire, request)

    def _expire(self, request: str) -> None:
        run = self._runs[request]
        run.overdue = True
        run.timer = asyncio.get_running_loop().call_later(self.mercy, self._stubborn)
        self._too_long(request)


def _now() -> float:
    return asyncio.get_running_loop().time()
