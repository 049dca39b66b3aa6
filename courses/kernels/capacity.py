"""How many kernels a machine is good for, when nobody says."""

from pathlib import Path

from courses.sandbox.memory import memory_within

_CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_MIB = 1 << 20
_FEWEST, _MOST = 2, 900


def default_kernels(kernel_memory_mb: int, machine_mb: int) -> int:
    """Three quarters of the machine's memory, of which a kernel takes a quarter of what it may as a rule."""
    return min(max(_FEWEST, 3 * machine_mb // kernel_memory_mb), _MOST)


def machine_memory_mb() -> int:
    """What the server's container may use, where it is in one."""
    return memory_within(map(Path, _CGROUPS)) // _MIB
