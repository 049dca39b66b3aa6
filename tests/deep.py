"""Trees of folders that are deeper than paths can be long."""

import os
from pathlib import Path

DIG = """
import os
here = os.open(".", os.O_RDONLY)
for _ in range(depth):
    os.mkdir("d")
    os.chdir("d")
os.fchdir(here)
result = True
"""
"""Code that does as `dig`, for a child that runs it in its own folder."""


def dig(folder: Path, depth: int) -> None:
    """Make a folder with so many others, each in the one before."""
    folder.mkdir()
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
