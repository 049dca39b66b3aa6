"""Processes that may end while a test looks at them."""

from collections.abc import Iterable
from contextlib import suppress

import psutil


def name(process: psutil.Process) -> str:
    """A program's name; empty where it has ended."""
    with suppress(psutil.NoSuchProcess):
        return process.name()
    return ""


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; one that has ended and that nobody has waited for does not."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def all_gone(processes: Iterable[psutil.Process]) -> bool:
    """Whether none of them runs any more."""
    return not any(is_alive(process) for process in processes)


def gone(pid: int) -> bool:
    """Whether no process with this number runs any more."""
    with suppress(psutil.NoSuchProcess):
        return not is_alive(psutil.Process(pid))
    return True
