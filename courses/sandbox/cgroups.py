"""Limits that count for a child with everything it starts: memory, processes and processor time.

Version 2 has one tree, version 1 one for each resource; a machine may have both. A group for the server is
made below the one it runs in, one for each of its warm processes below that, and one for each child below
those. The server's holds the limit for all children of all its warm processes together.
"""

import contextlib
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from courses.sandbox import cgroup_trees, owners
from courses.sandbox.cgroup_limits import Kind, limit, limit_together, share, write
from courses.sandbox.cgroup_trees import Resource, Tree
from courses.sandbox.limits import Limits

_ROUNDS = 200


@dataclass
class Cgroups:
    """The groups of one warm process; `lacking` says which trees cannot be used, and why."""

    trees: list[Tree] = field(default_factory=list)
    lacking: dict[Kind, str] = field(default_factory=dict)
    _left: set[Path] = field(default_factory=set)

    def counts(self, resource: Resource) -> bool:
        return any(resource in _controllers(tree) for tree in self.trees)

    def why_not(self, resource: Resource) -> str:
        either = self.lacking.get(resource) or self.lacking.get("v2")
        return either or "this machine has no cgroups that count it, or shows none to the server"

    def make(self, name: str) -> None:
        for tree in self.trees:
            (tree.folder / name).mkdir(exist_ok=True)

    def limit(self, name: str, limits: Limits) -> None:
        for tree in self.trees:
            limit(tree.kind, tree.folder / name, limits)

    def join(self, name: str) -> None:
        """Put this process into a group."""
        for tree in self.trees:
            write(tree.folder / name / "cgroup.procs", "0")

    def weigh(self, name: str, cpu_weight: int) -> None:
        """Change the share of processor time of a group that is there."""
        for tree in self.trees:
            for file, value in share(tree.kind, cpu_weight):
                with contextlib.suppress(OSError):
                    write(tree.folder / name / file, str(value))

    def memory_kills(self, name: str) -> int:
        """How many of its processes were killed because the group's memory was full."""
        for tree in self.trees:
            file = {"v2": "memory.events", "memory": "memory.oom_control"}.get(tree.kind)
            with contextlib.suppress(OSError):
                if file is not None:
                    lines = (tree.folder / name / file).read_text().splitlines()
                    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
        return 0

    def kill(self, name: str) -> None:
        """Kill every process of a group, and those that it starts meanwhile."""
        for tree in self.trees:
            kill_all(tree.folder / name)

    def remove(self, name: str) -> None:
        """A group whose last process is just about to go is removed the next time round."""
        self._left |= {tree.folder / name for tree in self.trees}
        self._left = {folder for folder in self._left if not _removed(folder)}

    def close(self) -> None:
        for _ in range(_ROUNDS):
            self._left = {folder for folder in self._left if not _removed(folder)}
            if not self._left:
                break
            time.sleep(0.005)
        for tree in self.trees:
            for folder in (tree.folder, tree.folder.parent):  # which stays while another one is in it
                _removed(folder)


def open_groups(memberships: str, mounts: str, server: str, name: str) -> Cgroups:
    """Make the groups of a warm process `name` of a `server`; those of dead ones are removed.

    `memberships` and `mounts` are the texts of /proc/self/cgroup and /proc/self/mountinfo.
    """
    groups = Cgroups()
    for tree in cgroup_trees.found(memberships, mounts):
        try:
            base = cgroup_trees.prepared(tree)
            sweep(base)
            groups.trees.append(Tree(tree.kind, _made(tree.kind, base, server, name)))
        except OSError as error:
            groups.lacking[tree.kind] = f"{tree.folder} cannot be used: {error.strerror}"
    return groups


def _made(kind: Kind, base: Path, server: str, name: str) -> Path:
    try:
        return _make(kind, base, base / server, name)
    except FileNotFoundError:  # another one that ended has just removed the server's group as an empty one
        return _make(kind, base, base / server, name)


def _make(kind: Kind, base: Path, together: Path, name: str) -> Path:
    together.mkdir(exist_ok=True)
    limit_together(kind, together, base)
    sweep(together)
    folder = together / name
    if kind == "v2":
        cgroup_trees.enable(together)
    folder.mkdir(exist_ok=True)
    if kind == "v2":
        cgroup_trees.enable(folder)
    return folder


def sweep(base: Path) -> None:
    """Remove the groups of processes that are gone, with what still runs in them."""
    for folder in base.glob("stepwise-*"):
        if owners.is_abandoned(folder.name):
            inner = sorted((f for f in folder.rglob("*") if f.is_dir()), key=lambda f: -len(f.parts))
            for group in [*inner, folder]:
                kill_all(group)
                for _ in range(_ROUNDS):
                    if _removed(group):
                        break
                    time.sleep(0.005)


def kill_all(group: Path) -> None:
    with contextlib.suppress(OSError):
        write(group / "cgroup.kill", "1")
        return
    for _ in range(_ROUNDS):
        try:
            pids = (group / "cgroup.procs").read_text().split()
        except OSError:
            return
        if not any(_killed(int(pid)) for pid in pids):
            return
        time.sleep(0.001)


def _killed(pid: int) -> bool:
    """Whether a signal could be sent; 0 is a process that another namespace shows to nobody here."""
    with contextlib.suppress(OSError):
        if pid:
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _controllers(tree: Tree) -> set[str]:
    if tree.kind != "v2":
        return {tree.kind}
    try:
        return set((tree.folder / "cgroup.subtree_control").read_text().split())
    except OSError:
        return set()
