"""The limits that a process carries itself; they hold for each process apart, or for a user's all."""

import contextlib
import os
import sys
from dataclasses import dataclass

from courses.sandbox.limits import Limits

if sys.platform != "win32":
    import resource

MIB = 1 << 20
_LOCKED = MIB
_NICE = 10


@dataclass(frozen=True, slots=True)
class Counted:
    """What limits what: cgroups count for all processes of a child, a user id of its own for its tasks."""

    memory: bool
    processes: bool
    cpu: bool
    own_user: bool


def apply(limits: Limits, counted: Counted) -> None:
    """Limits of this process and those that it starts."""
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_NOFILE, limits.descriptors)
    _set(resource.RLIMIT_MEMLOCK, _LOCKED)
    _set(resource.RLIMIT_MSGQUEUE, 0)
    _set(resource.RLIMIT_FSIZE, limits.disk_mb * MIB)
    if not counted.processes and limits.processes:
        others = 0 if counted.own_user else _tasks_of_user()
        _set(resource.RLIMIT_NPROC, others + limits.processes)
    if not counted.memory and limits.memory_mb:
        _set(resource.RLIMIT_AS, _address_space() + limits.memory_mb * MIB)
    if limits.cpu_seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    if not counted.cpu:
        os.nice(_NICE)


def allow_descriptors(count: int) -> None:
    """Let this process have so many open, as far as the system allows that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_descriptors() -> int:
    """How many this process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


def _set(what: int, most: int) -> None:
    ceiling = resource.getrlimit(what)[1]
    if ceiling != resource.RLIM_INFINITY:
        most = min(most, ceiling)
    resource.setrlimit(what, (most, most))


def _address_space() -> int:
    """Bytes that this process has already: what it shares with the warm process costs the child nothing."""
    with contextlib.suppress(OSError), open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 1 << 30


def _tasks_of_user() -> int:
    """Threads of this user now: the limit on processes counts them all, everywhere."""
    count, user = 0, os.getuid()
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            task = os.stat(f"/proc/{name}/task")
        except OSError:
            continue
        count += (task.st_nlink - 2) if task.st_uid == user else 0
    return count
