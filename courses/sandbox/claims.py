"""Folders that are claimed as long as a process lives, in a way that every process of the machine can see.

Names tell whose a folder is by a process id, which another container counts differently. A lock on the
folder is the same for all who share the file system, and goes with the process, however that ends.
"""

import atexit
import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from courses.sandbox.removal import remove

if sys.platform == "linux":
    import fcntl

    _FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_held: dict[Path, int] = {}
_holding = threading.Lock()


def claim(folder: Path) -> int:
    """Make a folder that nobody sweeps away until the descriptor that this returns is closed.

    Raises OSError when it is there already, or cannot be made.
    """
    while True:
        folder.mkdir(mode=0o711)
        with contextlib.suppress(FileNotFoundError):  # swept away before it was locked
            descriptor = _locked(folder)
            if _is_still(folder, descriptor):
                return descriptor
            os.close(descriptor)


def hold(folder: Path) -> None:
    """Claim a folder, if that is not done yet, until the process ends, and remove it then."""
    with _holding:
        if folder in _held and folder.is_dir():
            return
        if folder in _held:
            os.close(_held.pop(folder))
        _held[folder] = claim(folder)


@contextlib.contextmanager
def abandoned(folder: Path) -> Iterator[bool]:
    """Whether no living process has claimed it; within the context none can."""
    try:
        descriptor = os.open(folder, _FOLDER)
    except OSError:
        yield True
        return
    try:
        yield _lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)


def _locked(folder: Path) -> int:
    if sys.platform != "linux":
        return os.open(os.devnull, os.O_RDONLY)
    descriptor = os.open(folder, _FOLDER)
    _lock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _lock(descriptor: int, how: int) -> bool:
    """Also where the file system knows no locks: then names are all there is."""
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _is_still(folder: Path, descriptor: int) -> bool:
    return sys.platform != "linux" or os.path.samestat(os.fstat(descriptor), folder.stat())


@atexit.register
def _let_go() -> None:
    for folder, descriptor in _held.items():
        remove(folder)
        os.close(descriptor)
    _held.clear()
