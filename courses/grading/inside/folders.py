"""The working folder of a run, or of the tests: its own, with the course's files in it."""

import os
import sys


def enter(folder: str, name: str) -> None:
    """A fresh working folder, in which the course's files are links to read-only ones."""
    place, files = os.path.join(folder, "work", name), os.path.join(folder, "files")  # noqa: PTH118
    os.makedirs(place, exist_ok=True)  # noqa: PTH103 - pathlib is slow to import
    for entry in os.listdir(files):  # noqa: PTH208
        os.symlink(f"{files}/{entry}", f"{place}/{entry}")  # noqa: PTH211
    os.chdir(place)
    sys.path[:] = [place, *(p for p in sys.path if p and not p.startswith(f"{folder}/"))]
