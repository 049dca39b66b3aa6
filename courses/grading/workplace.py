"""The temporary folders of one grading run: one for each of its two processes."""

import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from courses.sandbox.own_folders import temporary_prefix
from courses.sandbox.removal import remove

PRIVATE = "private/"


class Workplace:
    """Removed on leaving. `submission/files` holds the course's read-only files, but for the private ones;
    `examiner/files` holds them all.

    A sandbox's own user has to get to what is mounted for it, so all may read that; but nobody else can
    find it.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._root = Path(tempfile.mkdtemp(prefix=temporary_prefix("grading")))
        self._root.chmod(0o711)
        place = self._root / secrets.token_hex(8)
        self.submission, self.examiner = place / "submission", place / "examiner"
        public = {path: content for path, content in files.items() if not path.startswith(PRIVATE)}
        _write(self.submission / "files", public)
        _write(self.examiner / "files", files)

    def __enter__(self) -> "Workplace":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        remove(self._root)


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
