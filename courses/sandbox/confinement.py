"""How a forked child gives up everything it does not need, layer by layer, before it runs anything.

The order matters. Mounting needs rights, so it comes first; changing the user undoes the parent-death
signal, so that comes after; the system call filter refuses what the other layers are made with.
"""

import os

from courses.sandbox import landlock, linux, namespaces, owners, rlimits, root, seccomp
from courses.sandbox.host import Host
from courses.sandbox.job import Job
from courses.sandbox.place import Place

_READABLE = (
    *("/etc/passwd", "/etc/group", "/dev/urandom", "/dev/random", "/dev/zero", "/dev/full"),
    *("/proc/self", "/proc/stat", "/proc/meminfo", "/proc/cpuinfo", "/proc/filesystems"),
)


def close_off(host: Host, job: Job) -> Place:
    """For the rest of this process's life. It is in its control group already.

    Raises OSError when a layer fails: then nothing may run.
    """
    pid = owners.own_pid()
    os.umask(0o077)
    if host.mode == "none":
        linux.end_with_parent()
        return Place(job.work, job.work, job.sockets, pid, private=False, filtered=False)
    linux.end_before_others()
    counted = _counted(host)  # while the host's files are seen
    place = _enter_root(host, job, pid) if host.root else _on_the_host(host, job, pid)
    linux.drop_capabilities()
    rlimits.apply(job.limits, counted)
    linux.end_with_parent()
    linux.gain_no_rights()
    if host.landlock:
        landlock.restrict(_paths(host, job, place))
    if host.seccomp:
        seccomp.install(memory_files=counted.memory)
    return place


def _enter_root(host: Host, job: Job, pid: int) -> Place:
    assert host.root is not None
    itself = os.open("/proc/self", os.O_PATH | os.O_DIRECTORY)
    # Without Landlock's scopes, abstract sockets are for everybody in the same network namespace.
    namespaces.separate_child(network=host.landlock < 6)
    host.root.dress(job.mounts, job.sockets, job.limits, host.uid(job.slot))
    host.root.enter()
    _become_user(host, job)
    if host.user_namespace:
        # Limits on processes count for each user namespace; and the outer one's rights stay outside.
        user, group = os.geteuid(), os.getegid()
        linux.unshare(linux.NEW_USERS)
        namespaces.map_only(itself, user, group)
    os.close(itself)
    sockets = root.SOCKETS if job.sockets else ""
    return Place(root.HOME, host.root.tmp, sockets, pid, private=True, filtered=host.seccomp)


def _on_the_host(host: Host, job: Job, pid: int) -> Place:
    linux.adopt_orphans()  # so that they are known for this child's, and end with no other
    _become_user(host, job)
    for inside, outside in job.mounts.items():
        link = os.path.join(job.work, inside)
        os.makedirs(os.path.dirname(link), exist_ok=True)
        os.symlink(outside, link)
    tmp = os.path.join(job.work, ".tmp")
    os.mkdir(tmp)
    return Place(job.work, tmp, job.sockets, pid, private=False, filtered=host.seccomp)


def _become_user(host: Host, job: Job) -> None:
    if host.first_uid:
        user = host.uid(job.slot)
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def _counted(host: Host) -> rlimits.Counted:
    counts = host.groups.counts
    own_user = bool(host.first_uid) or host.user_namespace
    return rlimits.Counted(counts("memory"), counts("pids"), counts("cpu"), own_user)


def _paths(host: Host, job: Job, place: Place) -> landlock.Paths:
    """In a root of its own, the child sees nothing that it may not read."""
    sockets = (place.sockets,) if place.sockets else ()
    if host.root:
        own = (place.work, place.tmp, root.SHARED_MEMORY, "/dev/null")
        return landlock.Paths(("/",), own, sockets)
    shown = tuple(os.path.realpath(path) for path in host.config.shown)
    given = (*root.installation(), *root.settings(), *_READABLE, *shown, *job.mounts.values())
    return landlock.Paths(given, (place.work, "/dev/null"), sockets)
