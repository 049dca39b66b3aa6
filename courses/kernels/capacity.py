"""How many kernels a machine is good for, when nobody says."""

import contextlib
from pathlib import Path

import psutil

_CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_MIB = 1 << 20
_FEWEST, _MOST = 2, 900


def default_kernels(kernel_memory_mb: int, machine_mb: int) -> int:
    """Three quarters of the machine's memory, of which a kernel takes a quarter of what it may as a rule."""
    return min(max(_FEWEST, 3 * machine_mb // kernel_memory_mb), _MOST)


def machine_memory_mb() -> int:
    """What the server's container may use, where it is in one."""
    found: list[int] = [psutil.virtual_memory().total]
    for file in _CGROUPS:
        with contextlib.suppress(OSError, ValueError):  # "max" is no number
            found.append(int(Path(file).read_text()))
    return min(found) // _MIB
