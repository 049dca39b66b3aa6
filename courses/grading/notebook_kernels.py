"""What the kernel of an author's notebook runs in: a sandbox, or a plain process where there is none."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from typing import Any, Protocol

from courses.sandbox.limits import Limits as SandboxLimits
from courses.services.ports import Limits

MakeManager = Callable[[], Any]
_CONFINE = """\
from courses.grading.inside.confine import limit_resources as _limit
_limit({limits!r})
del _limit
"""
_SETTLE = """\
import os as _os, time as _time
_os.environ.update(TZ="UTC", PYTHONHASHSEED="{hash_seed}")
_time.tzset()
del _os, _time
"""


class Kernels(Protocol):
    def open(self, limits: SandboxLimits, hash_seed: int) -> AbstractContextManager[MakeManager | None]:
        """What makes the manager of one kernel in a sandbox, in an event loop; None is for a plain process.

        Raises SandboxUnavailable.
        """

    def stop(self) -> None:
        """For good: what runs is ended."""


class PlainKernels:
    """Implements `Kernels` without sandboxes."""

    @contextmanager
    def open(self, limits: SandboxLimits, hash_seed: int) -> Iterator[MakeManager | None]:
        yield None

    def stop(self) -> None:
        pass


def first_cell(limits: Limits, hash_seed: int, *, sandboxed: bool) -> str:
    """Runs before the author's. A sandbox has the limits already, but not what a plain process inherits."""
    return _SETTLE.format(hash_seed=hash_seed) if sandboxed else _CONFINE.format(limits=asdict(limits))
