"""What a grading process gives up before it runs anything: its limits, its rights, its readability.

Best effort and without namespaces: a process of the same user can still signal others. Whatever starts
these processes may confine them further.
"""

import ctypes
import os
import resource
import signal
from collections.abc import Mapping

_SET_PDEATHSIG, _SET_DUMPABLE, _SET_NO_NEW_PRIVS, _SET_CHILD_SUBREAPER = 1, 4, 38, 36
_CAPABILITIES_V3 = 0x20080522
_MIB = 1 << 20


def limit_resources(limits: Mapping[str, float]) -> None:
    """`limits` has the fields of `services.ports.Limits`."""
    cpu = max(1, int(limits["cpu"]))
    memory = int(limits["memory_mb"]) * _MIB
    for what, soft, hard in (
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_FSIZE, 64 * _MIB, 64 * _MIB),
        (resource.RLIMIT_NOFILE, 256, 256),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NPROC, *[_tasks_of_user() + int(limits["processes"])] * 2),
    ):
        resource.setrlimit(what, _within(soft, hard, resource.getrlimit(what)[1]))


def limit_forked(limits: Mapping[str, float]) -> None:
    """In a fork of a large process, whose sandbox counts processes and has the outermost limits."""
    cpu = max(1, int(limits["cpu"]))
    memory = _address_space() + int(limits["memory_mb"]) * _MIB
    for what, soft, hard in ((resource.RLIMIT_CPU, cpu, cpu + 1), (resource.RLIMIT_AS, memory, memory)):
        resource.setrlimit(what, _within(soft, hard, resource.getrlimit(what)[1]))


def give_up_rights(*, adopt_orphans: bool = False, unreadable: bool = False) -> None:
    """End with the parent, gain no rights by exec, and drop root's.

    `adopt_orphans`: descendants whose parent has ended stay below this process, so that they are found.
    `unreadable`: no other process of this user may read this one's memory.
    """
    end_with_parent()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if adopt_orphans:
        libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if os.geteuid() == 0:
        header = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0)
        libc.capset(header, (ctypes.c_uint32 * 6)())
    if unreadable:
        libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _within(soft: int, hard: int, ceiling: int) -> tuple[int, int]:
    if ceiling == resource.RLIM_INFINITY:
        return soft, hard
    return min(soft, ceiling), min(hard, ceiling)


def _address_space() -> int:
    """Bytes that this process shares with the warm one: they cost it nothing."""
    with open("/proc/self/statm") as statm:  # noqa: PTH123 - pathlib is slow to import
        return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _tasks_of_user() -> int:
    """Threads of this user now: the limit on processes counts them all, everywhere."""
    count, user = 0, os.getuid()
    for name in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208 - pathlib is slow to import
        try:
            task = os.stat(f"/proc/{name}/task")  # noqa: PTH116 - as above
        except OSError:
            continue
        count += (task.st_nlink - 2) if task.st_uid == user else 0
    return count
