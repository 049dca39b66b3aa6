"""Finding and killing everything that a process has started, whatever it did to get away.

Grading processes adopt their orphans (`inside.confine`), so that a double fork stays in the tree. Code
that kills its own ancestors first is found by the mark in its environment.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil

_ROUNDS = 200


def count_descendants(root: int, most: int) -> int:
    """How many live processes are below `root`; stops counting beyond `most`."""
    count = 0
    for _ in _descendants(root):
        count += 1
        if count > most:
            break
    return count


def has_living_descendants(root: int) -> bool:
    return any(_is_alive(pid) for pid in _descendants(root))


def is_stopped(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    except psutil.Error:
        return False


def end_tree(root: int) -> None:
    """Kill `root` and all below it. `root` is held still meanwhile, to take in what is orphaned."""
    _signal(root, signal.SIGSTOP)
    for _ in range(_ROUNDS):
        living = [pid for pid in _descendants(root) if _is_alive(pid)]
        if not living:
            break
        own_group = _group(os.getpid())
        for group in {_group(pid) for pid in living} - {own_group, _group(root), 0}:
            with contextlib.suppress(OSError):
                os.killpg(group, signal.SIGKILL)
        for pid in living:
            _signal(pid, signal.SIGKILL)
    _signal(root, signal.SIGKILL)


def end_marked(mark: str) -> None:
    """Kill every process whose environment, as it was started, holds `mark`."""
    for _ in range(_ROUNDS):
        found = [pid for pid in psutil.pids() if _is_marked(pid, mark.encode()) and _is_alive(pid)]
        if not found:
            return
        for pid in found:
            _signal(pid, signal.SIGKILL)


def _descendants(root: int) -> Iterator[int]:
    waiting = [root]
    while waiting:
        for child in _children(waiting.pop()):
            yield child
            waiting.append(child)


def _children(pid: int) -> list[int]:
    """From /proc where the kernel keeps them, which is quick; else by looking at every process."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        pass
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.Error:
        return []


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD))
    except psutil.Error:
        return False


def _is_marked(pid: int, mark: bytes) -> bool:
    try:
        return mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except OSError:
        return 0


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, number)
