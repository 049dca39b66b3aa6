"""The temporary folders of one grading run: one for each of its two processes."""

import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

PRIVATE = "private/"


class Workplace:
    """Removed on leaving. `submission/files` holds the course's read-only files, but for the private ones;
    `examiner/files` holds them all."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="stepwise-"))
        self._root.chmod(0o711)  # a sandbox's own user has to get to what is mounted for it
        self.submission = self._root / "submission"
        self.examiner = self._root / "examiner"
        public = {path: content for path, content in files.items() if not path.startswith(PRIVATE)}
        _write(self.submission / "files", public)
        _write(self.examiner / "files", files)

    def __enter__(self) -> "Workplace":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        remove(self._root)


def remove(folder: Path) -> None:
    """Also what has been made unreadable: each folder is opened before what is in it is looked for."""
    for place, inner, _ in os.walk(folder):
        for path in (Path(place, name) for name in inner):
            if not path.is_symlink():
                path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Files, and the folders that hold them, are made read-only once they are all there."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o444)
    for inner in folder.rglob("*"):
        if inner.is_dir():
            inner.chmod(0o555)
