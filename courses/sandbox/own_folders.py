"""Folders that are this process's own, and what killed processes have left of theirs.

Their names tell whose they are (see `owners`): the next start sweeps those of the dead away, and no
others.
"""

import contextlib
import os
import tempfile
from pathlib import Path

from courses.sandbox import owners
from courses.sandbox.removal import remove


def temporary_prefix(purpose: str) -> str:
    """What the name of a temporary folder begins with, for `tempfile`. `purpose` is a word for people."""
    return f"{owners.name_for(owners.own_pid())}-{purpose}-"


def sweep(base: Path) -> None:
    """Remove what processes that are gone have left in `base`. What is not this user's is left alone."""
    for folder in base.glob("stepwise-*"):
        if owners.is_abandoned(folder.name) and _is_ours(folder):
            remove(folder)


def sweep_temporary() -> None:
    """As `sweep`, in the folder for temporary files."""
    sweep(Path(tempfile.gettempdir()))


def _is_ours(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return folder.lstat().st_uid == os.geteuid()
    return False
