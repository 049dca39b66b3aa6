"""How much memory there is to share out."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path


def memory_within(limits: Iterable[Path]) -> int:
    """Bytes of the machine, or of a container that has fewer: `limits` are files of cgroups."""
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for file in limits:
        with contextlib.suppress(OSError, ValueError):  # "max" is no number
            found.append(int(file.read_text()))
    return min(found)
