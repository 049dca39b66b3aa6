"""What is written into the files of cgroups, on both versions: limits and shares."""

import contextlib
from pathlib import Path
from typing import Literal

from courses.sandbox.limits import Limits
from courses.sandbox.memory import memory_within

Kind = Literal["v2", "memory", "pids", "cpu"]
_PERIOD = 100_000
_MIB = 1 << 20
_MEMORY: dict[Kind, str] = {"v2": "memory.max", "memory": "memory.limit_in_bytes"}
_OPTIONAL = ("memory.memsw.limit_in_bytes", "memory.swap.max", "memory.oom.group", "memory.use_hierarchy")


def limit(kind: Kind, folder: Path, limits: Limits) -> None:
    """Of one child."""
    memory, quota = limits.memory_mb * _MIB, int(limits.cpus * _PERIOD)
    settings: dict[Kind, list[tuple[str, int | str]]] = {
        "memory": [("memory.limit_in_bytes", memory), ("memory.memsw.limit_in_bytes", memory)],
        "pids": [("pids.max", limits.processes)],
        "cpu": [*share("cpu", limits.cpu_weight), ("cpu.cfs_quota_us", quota)],
        "v2": [
            ("memory.max", memory),
            ("memory.swap.max", 0),
            ("memory.oom.group", 1),
            ("pids.max", limits.processes),
            *share("v2", limits.cpu_weight),
            ("cpu.max", f"{quota} {_PERIOD}" if quota else 0),
        ],
    }
    _set(folder, [(n, v) for n, v in settings[kind] if v or n == "memory.swap.max"])


def limit_together(kind: Kind, folder: Path, base: Path) -> None:
    """Leave a quarter of the memory to the server and the system, however many children there are.

    `folder` is above all children of all warm processes, `base` the group it was made in.
    """
    if kind in _MEMORY:
        most = 3 * memory_within([base / _MEMORY[kind]]) // 4
        _set(folder, [("memory.use_hierarchy", 1), (_MEMORY[kind], most)])


def share(kind: Kind, cpu_weight: int) -> list[tuple[str, int | str]]:
    """What says how much processor time a group gets when there is not enough."""
    shares: dict[Kind, list[tuple[str, int | str]]] = {
        "cpu": [("cpu.shares", max(2, cpu_weight * 1024 // 100))],
        "v2": [("cpu.weight", cpu_weight)],
    }
    return shares.get(kind, [])


def write(file: Path, text: str) -> None:
    """Into a file that the kernel has made; OSError where it has none of that name."""
    with file.open("r+") as stream:
        stream.write(text)


def _set(folder: Path, settings: list[tuple[str, int | str]]) -> None:
    for name, value in settings:
        if (folder / name).exists():
            with contextlib.suppress(*([OSError] if name in _OPTIONAL else [])):
                write(folder / name, str(value))
