"""How much one child may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a child with everything that it starts; 0 is no limit.

    `memory_mb` is counted for all together by cgroups, else for each process; the work folder counts
    where it is in memory. `cpus` is how many processors' time it gets at most, `cpu_weight` its share
    when there is not enough (100 is an ordinary process group's), `cpu_seconds` its processor time in
    all. `files` is how many files and folders it may make.
    """

    memory_mb: int = 512
    processes: int = 64
    disk_mb: int = 64
    files: int = 8192
    descriptors: int = 256
    cpu_seconds: int = 0
    cpus: float = 1.0
    cpu_weight: int = 50
