"""The folders of a warm process on the host: one for each child, with the sockets it shares.

A server that is killed leaves them behind. Their names tell whose they are, and the next start sweeps
those of the dead away.
"""

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from courses.errors import SandboxUnavailable
from courses.sandbox import owners
from courses.sandbox.claims import claim
from courses.sandbox.own_folders import sweep
from courses.sandbox.removal import remove

LONGEST_SOCKET = 107
"""Bytes of a Unix socket's path."""
_ROOM = 12
"""Bytes for the name of a socket in its folder."""
_MANY = 1000
"""Warm processes that a server may have, one after the other."""
_REMOVERS = 4
"""Threads, so that one child's large folder does not keep the places of others."""
_SETTING = "Choose another folder with the run_folder setting."


class RunFolder:
    """Made below `base`; raises SandboxUnavailable where it cannot be."""

    def __init__(self, base: Path, number: int) -> None:
        self._claim = contextlib.ExitStack()
        self._removers = ThreadPoolExecutor(_REMOVERS, thread_name_prefix="run-folder")
        self.path = base / owners.name_for(owners.own_pid(), number)
        self.cache = self.path / "cache"
        try:
            base.mkdir(mode=0o711, parents=True, exist_ok=True)
            sweep(base)
            self._claim.callback(os.close, claim(self.path))
            self.cache.mkdir(mode=0o700)
        except OSError as error:
            raise SandboxUnavailable(_why(base, error)) from error

    def make(self, name: str, *, sockets: bool, work: bool, owner: int) -> Path:
        """A child's folder. `owner` is the user who may write in it; -1 is the server's own."""
        folder = self.path / name
        if sockets:
            check_length(folder / "io")
        try:
            folder.mkdir(mode=0o711)
            for wanted, part in ((sockets, "io"), (work, "work")):
                if wanted:
                    (folder / part).mkdir(mode=0o700)
                    os.chown(folder / part, owner, owner)
        except OSError as error:
            remove(folder)
            raise SandboxUnavailable(_why(folder, error)) from error
        return folder

    def discard(self, name: str, then: Callable[[], None]) -> None:
        """Remove a child's folder in the background, which may take long, and call `then`."""

        def work() -> None:
            remove(self.path / name)
            then()

        with contextlib.suppress(RuntimeError):  # closed: then it has been removed with all others
            self._removers.submit(work)

    def close(self) -> None:
        """Remove it with whatever is left in it. Also more than once."""
        self._removers.shutdown()
        remove(self.path)
        self._claim.close()


def default_base() -> Path:
    """A short path that no other user can have prepared. Raises SandboxUnavailable if somebody has."""
    if os.geteuid() == 0 and os.path.isdir("/run"):
        return Path("/run/stepwise")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    base = Path(runtime, "stepwise") if runtime else Path(tempfile.gettempdir(), f"stepwise-{os.geteuid()}")
    with contextlib.suppress(FileExistsError):
        base.mkdir(mode=0o711)
    found = base.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise SandboxUnavailable(f"{base} is not a folder of the server's own. {_SETTING}")
    return base


def check_length(folder: Path) -> None:
    """Raises SandboxUnavailable when sockets in it would have too long a path."""
    length = len(os.fsencode(folder)) + _ROOM
    if length > LONGEST_SOCKET:
        raise SandboxUnavailable(
            f"Sockets in {folder} would have paths of {length} bytes; Linux allows {LONGEST_SOCKET}. "
            "Choose a shorter folder with the run_folder setting."
        )


def check_base(base: Path) -> None:
    """As `check_length` for every folder with sockets that a server will have below `base`."""
    check_length(base / owners.name_for(owners.own_pid(), _MANY) / "k-12345678")


def readable_by_all(folder: Path) -> bool:
    """Whether a child with a user id of its own could read a folder that is shown to it."""
    with contextlib.suppress(OSError):
        return folder.is_dir() and folder.stat().st_mode & 0o005 == 0o005
    return False


def _why(place: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{place} cannot be made, because the disk is full. Free some space. {_SETTING}"
    return f"{place} cannot be made: {error.strerror}. {_SETTING}"
