"""Removing folders in which learners' code may have written, whatever it did to make that hard.

A tree may be deeper than calls can nest and than paths can be long, closed to its owner, or full of links.
So folders are opened one within the other, never through a link, and what lies deep is moved up first.
"""

import contextlib
import itertools
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "linux":
    _PLACE = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW
    _TO_LIST = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def remove(folder: Path) -> None:
    """As much of it as can be. Raises nothing; takes time for large trees, so keep it out of event loops."""
    if sys.platform != "linux":  # no learners' code runs in such a folder there
        shutil.rmtree(folder, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        _unlock(str(folder))
        with _opened(str(folder)) as top:
            _empty(top)
        os.rmdir(folder)


def _empty(top: int) -> None:
    """Folders within folders are moved to the top before theirs are emptied: none is ever two levels down."""
    mark, numbers = secrets.token_hex(8), itertools.count()
    waiting = _emptied_of_files(top)
    while waiting:
        name = waiting.pop()
        with contextlib.suppress(OSError), _opened(name, top) as folder:
            for inner in _emptied_of_files(folder):
                moved = f"{mark}-{next(numbers)}"
                with contextlib.suppress(OSError):
                    os.rename(inner, moved, src_dir_fd=folder, dst_dir_fd=top)
                    waiting.append(moved)
            os.rmdir(name, dir_fd=top)


@contextlib.contextmanager
def _opened(name: str, at: int | None = None) -> Iterator[int]:
    descriptor = os.open(name, _TO_LIST, dir_fd=at)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _emptied_of_files(folder: int) -> list[str]:
    """The names of the folders that are left in it, each of which can be opened and moved."""
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        with contextlib.suppress(OSError):
            if is_folder:
                _unlock(name, folder)
            else:
                os.unlink(name, dir_fd=folder)
    return [name for name, is_folder in found if is_folder]


def _unlock(name: str, at: int | None = None) -> None:
    """Let its owner list, change and move a folder. By descriptor: a name may become a link meanwhile."""
    place = os.open(name, _PLACE, dir_fd=at)
    try:
        os.chmod(f"/proc/self/fd/{place}", 0o700)
    finally:
        os.close(place)
