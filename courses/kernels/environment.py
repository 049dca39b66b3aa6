"""What a learner's kernel is given: a folder of its own and an environment of exact, harmless names.

A kernel inherits nothing else of the server's: its environment is where secrets would leak first.
"""

import os
import secrets
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from courses.models.course import CourseFile
from courses.sandbox.own_folders import temporary_prefix
from courses.sandbox.removal import remove

INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ")


def kernel_environment(home: Path) -> dict[str, str]:
    """The whole environment of a kernel that lives in `home`."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {
        **inherited,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), inherited.get("PATH", os.defpath)]),
        "HOME": str(home),
        "IPYTHONDIR": str(home / ".ipython"),
        "MPLCONFIGDIR": str(home / ".matplotlib"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


class KernelFolder:
    """A new folder with a course's data and modules in it, to be cleaned up.

    A sandbox shows it to a user of its own, so all may read it; but nobody else can find it. Paths were
    checked when the course was read; one that would leave the folder is refused again here.
    """

    def __init__(self, files: Iterable[CourseFile]) -> None:
        self._outer = Path(tempfile.mkdtemp(prefix=temporary_prefix("kernel")))
        self._outer.chmod(0o711)
        self.path = self._outer / secrets.token_hex(8)
        self.path.mkdir()
        for file in files:
            parts = PurePosixPath(file.path).parts
            if not parts or file.path.startswith("/") or ".." in parts:
                raise ValueError(f"{file.path!r} is not a path inside the course.")
            target = self.path.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content)
            target.chmod(0o444)
        for folder in (self.path, *(place for place in self.path.rglob("*") if place.is_dir())):
            folder.chmod(0o755)

    def cleanup(self) -> None:
        """Also what a plain kernel has put there."""
        remove(self._outer)
