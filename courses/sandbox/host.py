"""What a warm process has to close its children off with."""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from courses.sandbox import cgroups, landlock, namespaces, owners, seccomp
from courses.sandbox.cgroup_trees import RESOURCES
from courses.sandbox.cgroups import Cgroups
from courses.sandbox.config import UIDS, Config, Mode
from courses.sandbox.layers import MEANS, Lack, Layers
from courses.sandbox.root import Root, build, installation, is_beneath

_FREE_UIDS = 1_900_000_000
"""Above what systemd hands out to containers, and below what some systems take for negative."""
_BLOCKS = 100_000


@dataclass
class Host:
    """`folder` is the warm process's own on the host; `mode` is settled."""

    config: Config
    folder: str
    mode: Mode
    groups: Cgroups = field(default_factory=Cgroups)
    root: Root | None = None
    first_uid: int = 0
    landlock: int = 0
    seccomp: bool = False
    user_namespace: bool = False
    lacking: list[Lack] = field(default_factory=list)

    def fork(self) -> int:
        return os.fork() if self.root is None else namespaces.fork()

    def uid(self, slot: int) -> int:
        """The user id of the child in a slot of the pool."""
        return self.first_uid + slot if self.first_uid else os.geteuid()

    def layers(self) -> Layers:
        return Layers(
            mode=self.mode,
            namespaces=self.root is not None,
            user_namespace=self.user_namespace,
            landlock=self.landlock,
            seccomp=self.seccomp,
            own_user=bool(self.first_uid),
            cgroups=tuple(r for r in RESOURCES if self.groups.counts(r)),
            lacking=tuple(self.lacking),
        )

    def lack(self, layer: str, reason: str) -> None:
        self.lacking.append(Lack(layer, reason, MEANS[layer]))


def open_host(config: Config, folder: str, mode: Mode, *, count: bool = True) -> Host:
    """In the namespaces already, if `mode` has them. Raises OSError when the mode cannot be had.

    `count` is False for a trial, which makes no cgroups.
    """
    host = Host(config, folder, mode)
    if mode == "none":
        return host
    host.user_namespace = mode == "namespaces" and os.geteuid() != 0
    _filter(host)
    _users(host)
    if count:
        _count(host)
    if mode == "namespaces":
        shown, hidden = (_real(paths) for paths in (config.shown, config.hidden))
        place = os.path.join(folder, "root")
        os.makedirs(place, exist_ok=True)
        host.root = build(place, shown, hidden, os.geteuid())
    else:
        _refuse_visible(config)
    return host


def _filter(host: Host) -> None:
    host.landlock, host.seccomp = landlock.abi(), seccomp.supported()
    if host.mode == "landlock" and not (host.landlock and host.seccomp):
        raise OSError("Landlock and seccomp are not both available")
    if not host.landlock:
        host.lack("landlock", "the kernel has none, or it is switched off")
    if not host.seccomp:
        host.lack("seccomp", "the filter is not written for this processor")


def _users(host: Host) -> None:
    if os.geteuid() != 0:
        host.lack("user", "the server does not run as root")
        return
    block = owners.own_pid() % _BLOCKS * UIDS
    first = host.config.uid_base if host.config.uid_base >= 0 else _FREE_UIDS + block
    closed = _closed_to_others(installation()) if host.mode == "landlock" else ""
    if not first:
        host.lack("user", "uid_base is 0")
    elif not _mapped(first):
        host.lack("user", f"user ids from {first} on do not exist in this container; set uid_base")
    elif closed:
        host.lack("user", f"other users cannot reach the Python installation through {closed}")
    else:
        host.first_uid = first


def _mapped(first: int) -> bool:
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        inside, _, count = map(int, line.split())
        if inside <= first and first + UIDS <= inside + count:
            return True
    return False


def _closed_to_others(paths: Iterable[str]) -> str:
    for path in paths:
        for folder in (Path(path), *Path(path).parents):
            if not folder.stat().st_mode & stat.S_IXOTH:
                return str(folder)
    return ""


def _count(host: Host) -> None:
    if host.config.cgroups:
        memberships, mounts = (Path(f"/proc/self/{n}").read_text() for n in ("cgroup", "mountinfo"))
        server = owners.owner(os.path.basename(host.folder))
        name = owners.name_for(owners.own_pid())
        host.groups = cgroups.open_groups(memberships, mounts, server, name)
    for resource in RESOURCES:
        if not host.groups.counts(resource):
            reason = host.groups.why_not(resource) if host.config.cgroups else "cgroups are switched off"
            host.lack(resource, reason)


def _refuse_visible(config: Config) -> None:
    """Landlock opens folders with all that is in them: what is hidden cannot lie in one that is shown."""
    for path in _real(config.hidden):
        for folder in [*installation(), *_real(config.shown)]:
            if is_beneath(path, folder):
                raise OSError(f"{path} must stay hidden, but lies in {folder}, which code may read")


def _real(paths: Iterable[str]) -> list[str]:
    return [os.path.realpath(path) for path in paths]
