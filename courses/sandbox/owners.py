"""Names that tell whose a folder or a cgroup is, so that what a killed process left can be swept away.

A process id alone would be taken again some day: the name holds the moment the process started, too.
"""

import os
import re

_NAME = re.compile(r"(stepwise-(\d+)-(\d+))(-\w+)*")


def name_for(pid: int, number: int | None = None) -> str:
    suffix = "" if number is None else f"-{number}"
    return f"stepwise-{pid}-{_started(pid)}{suffix}"


def is_abandoned(name: str) -> bool:
    """Whether it is one of our names, and its process is gone, or cannot be seen from here."""
    match = _NAME.fullmatch(name)
    return match is not None and _started(int(match[2])) != int(match[3])


def owner(name: str) -> str:
    """The part of a name that all names of its process have; empty if it is none of ours."""
    match = _NAME.fullmatch(name)
    return match[1] if match else ""


def own_pid() -> int:
    """This process's id as /proc counts, which in a namespace of its own is not what getpid says."""
    try:
        return int(os.readlink("/proc/self"))
    except (OSError, ValueError):
        return os.getpid()


def _started(pid: int) -> int:
    """In clock ticks after the machine's start; -1 when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return int(stat.read().rpartition(")")[2].split()[19])
    except OSError:
        return -1
