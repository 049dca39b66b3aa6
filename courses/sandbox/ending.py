"""Ending a child with everything that it has started, whatever that did to get away."""

import contextlib
import os
import signal
import time
from collections.abc import Iterable

from courses.sandbox.host import Host
from courses.sandbox.job import Job

_ROUNDS = 200


def end(host: Host, job: Job, pid: int, others: Iterable[int]) -> None:
    """`others` are the children that stay, `pid` is not awaited here; 0 when it has ended already.

    The first process of a namespace takes the others with it. Elsewhere they are found by their cgroup,
    by their user, or by descent: whose parent has ended becomes a child of this process.
    """
    if host.mode != "none" and host.root is None:
        if host.groups.counts("pids"):
            host.groups.kill(job.name)
        elif host.first_uid:
            _end_user(host.uid(job.slot))
        else:
            end_descendants(set(others) - {pid})
    for kill in (os.kill, os.killpg):
        with contextlib.suppress(OSError):
            if pid:
                kill(pid, signal.SIGKILL)


def reap_orphans(children: Iterable[int]) -> None:
    """Await whoever has ended and is no child of ours by birth."""
    ours = set(children)
    with contextlib.suppress(ChildProcessError):
        while True:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None or ended.si_pid in ours:
                return
            os.waitpid(ended.si_pid, 0)


def end_descendants(spared: set[int]) -> None:
    """All processes below this one, but for `spared` and what is below them."""
    for _ in range(_ROUNDS):
        living = [pid for pid in _descendants(os.getpid(), spared) if _killed(pid)]
        if not living:
            return
        time.sleep(0.001)


def _end_user(user: int) -> None:
    """To kill all of a user's processes, be that user."""
    killer = os.fork()
    if killer == 0:
        with contextlib.suppress(OSError):
            os.setresuid(user, user, user)
            os.kill(-1, signal.SIGKILL)
        os._exit(0)
    os.waitpid(killer, 0)


def _killed(pid: int) -> bool:
    """Whether it was alive."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] in "ZX":
                return False
        os.kill(pid, signal.SIGKILL)
    except OSError:
        return False
    return True


def _descendants(pid: int, spared: set[int]) -> list[int]:
    parents: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as stat:
            parent = int(stat.read().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        for child in parents.get(waiting.pop(), ()):
            if child not in spared:
                found.append(child)
                waiting.append(child)
    return found
