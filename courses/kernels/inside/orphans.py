"""Processes that a kernel's programs have left running, awaited when they end.

In its sandbox the kernel is the first process, to which all falls whose parent has ended. Nobody else would
await them, and each that has ended still counts among the processes that the kernel may have.
"""

import contextlib
import functools
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

_STARTERS = ("fork", "forkpty", "posix_spawn", "posix_spawnp")
_TASKS = Path("/proc/self/task")


class Orphans:
    """Tells the kernel's own children, whose end somebody may want to know, from those that fell to it."""

    def __init__(self) -> None:
        self._own: set[int] = set()
        self._lock = threading.RLock()
        for name in _STARTERS:
            setattr(os, name, self._noting(getattr(os, name)))
        subprocess._fork_exec = self._noting(subprocess._fork_exec)  # type: ignore[attr-defined]

    def reap(self) -> None:
        """Await those that have ended. Where the kernel is no first process, nothing falls to it."""
        if os.getpid() != 1:
            return
        with self._lock:
            children = _children()
            self._own &= children
            for pid in children - self._own:
                os.waitpid(pid, os.WNOHANG)

    def _noting(self, start: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(start)
        def started(*arguments: Any, **named: Any) -> Any:
            with self._lock:
                self.reap()
                result = start(*arguments, **named)
                self._own.add(result[0] if isinstance(result, tuple) else result)
            return result

        return started


def _children() -> set[int]:
    found: set[int] = set()
    for task in _TASKS.iterdir():
        with contextlib.suppress(OSError):  # a thread that has just ended
            found.update(map(int, (task / "children").read_text().split()))
    return found
