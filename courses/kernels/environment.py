"""What a learner's kernel is given: a folder of its own and an environment of exact, harmless names.

A kernel inherits nothing else of the server's: its environment is where secrets would leak first.
"""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from courses.models.course import CourseFile

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


def kernel_folder(files: Iterable[CourseFile]) -> tempfile.TemporaryDirectory[str]:
    """A new working folder with a course's data and modules in it. The caller cleans it up.

    Paths were checked when the course was read; one that would leave the folder is refused again here.
    """
    folder = tempfile.TemporaryDirectory(prefix="stepwise-kernel-", ignore_cleanup_errors=True)
    for file in files:
        parts = PurePosixPath(file.path).parts
        if not parts or file.path.startswith("/") or ".." in parts:
            raise ValueError(f"{file.path!r} is not a path inside the course.")
        target = Path(folder.name, *parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
        target.chmod(0o444)
    return folder
