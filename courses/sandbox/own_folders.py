"""Folders that are this process's own, and what killed processes have left of theirs.

Their names tell whose they are (see `owners`): the next start sweeps those of the dead away, and no
others. A process that cannot be seen may live in another container: it claims what it has (see `claims`).
"""

import contextlib
import os
import tempfile
from pathlib import Path

from courses.sandbox import claims, owners
from courses.sandbox.removal import remove

_ALIVE = "alive"


def temporary_prefix(purpose: str) -> str:
    """What the name of a temporary folder begins with, for `tempfile`. `purpose` is a word for people."""
    own = owners.name_for(owners.own_pid())
    claims.hold(Path(tempfile.gettempdir(), f"{own}-{_ALIVE}"))
    return f"{own}-{purpose}-"


def sweep(base: Path) -> None:
    """Remove what processes that are gone have left in `base`. What is not this user's is left alone."""
    found = [folder for folder in base.glob("stepwise-*") if owners.is_abandoned(folder.name)]
    for folder in sorted(found, key=_is_mark):  # what one process has in common goes last
        if _is_ours(folder):
            _remove_unclaimed(folder)


def sweep_temporary() -> None:
    """As `sweep`, in the folder for temporary files."""
    sweep(Path(tempfile.gettempdir()))


def _remove_unclaimed(folder: Path) -> None:
    """Claimed is a folder itself, or all that a process has beside it by a mark."""
    mark = folder.with_name(f"{owners.owner(folder.name)}-{_ALIVE}")
    with claims.abandoned(folder) as alone:
        if alone and (folder == mark or _is_abandoned(mark)):
            remove(folder)


def _is_abandoned(mark: Path) -> bool:
    with claims.abandoned(mark) as alone:
        return alone


def _is_mark(folder: Path) -> bool:
    return folder.name.endswith(f"-{_ALIVE}")


def _is_ours(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return folder.lstat().st_uid == os.geteuid()
    return False
