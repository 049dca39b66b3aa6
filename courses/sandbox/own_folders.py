"""Folders that are this process's own, and what killed processes have left of theirs.

Their names tell whose they are (see `owners`): the next start sweeps those of the dead away, and no
others.
"""

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from courses.sandbox import owners


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


def remove(folder: Path) -> None:
    """Also what has been made unreadable: each folder is opened before what is in it is looked for.

    Root needs none of that, and must not follow a link that was put there meanwhile.
    """
    if os.geteuid() != 0:
        for place, inner, _ in os.walk(folder):
            for path in (Path(place, name) for name in inner):
                if not path.is_symlink():
                    with contextlib.suppress(OSError):
                        path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return folder.lstat().st_uid == os.geteuid()
    return False
