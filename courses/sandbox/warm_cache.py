"""What warm modules compute anew at every start, kept from one start to the next (matplotlib's fonts).

Each warm process has a cache of its own, filled from what was kept. What it has made is kept as soon as
it is ready, which is before anything is forked: nobody else has had a chance to write there, and no two
processes ever write into the same file.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

_KEPT = "fontlist-*.json"


def fill(cache: Path, kept: str) -> None:
    """Copy what was kept in the folder `kept`, if one is named and there, into a new cache."""
    if kept:
        for file in Path(kept).glob(_KEPT):
            with contextlib.suppress(OSError):
                shutil.copy(file, cache)


def keep(cache: Path, kept: str) -> None:
    """Copy what `cache` has and `kept` has not. Best effort: without it, the next start takes longer."""
    if not kept:
        return
    with contextlib.suppress(OSError):
        Path(kept).mkdir(mode=0o700, exist_ok=True)
        for file in cache.glob(_KEPT):
            if not (Path(kept) / file.name).exists():
                _put(file, Path(kept))


def _put(file: Path, folder: Path) -> None:
    """It appears whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=folder)
    with open(descriptor, "wb") as copy:
        copy.write(file.read_bytes())
    os.replace(name, folder / file.name)
