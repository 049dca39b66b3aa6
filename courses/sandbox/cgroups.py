"""Limits that count for a child with everything it starts: memory, processes and processor time.

Version 2 has one tree, version 1 one for each resource; a machine may have both. A group for the warm
process is made below the one it runs in, and one for each child below that.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from courses.sandbox import owners
from courses.sandbox.cgroup_limits import Kind, limit, limit_together, share, write
from courses.sandbox.limits import Limits

Resource = Literal["memory", "pids", "cpu"]
RESOURCES: tuple[Resource, ...] = ("memory", "pids", "cpu")
_LEAF = "stepwise-server"
_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder in which this process may make groups."""

    kind: Kind
    folder: Path


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
            _removed(tree.folder)


def open_groups(memberships: str, mounts: str, name: str) -> Cgroups:
    """Make the groups of a warm process; those of dead ones are removed.

    `memberships` and `mounts` are the texts of /proc/self/cgroup and /proc/self/mountinfo.
    """
    groups = Cgroups()
    for tree in _preferred(list(_trees(memberships, mounts))):
        try:
            base = _prepared(tree)
            sweep(base)
            folder = base / name
            folder.mkdir(exist_ok=True)
            if tree.kind == "v2":
                _enable(folder)
            limit_together(tree.kind, folder, base)
            groups.trees.append(Tree(tree.kind, folder))
        except OSError as error:
            groups.lacking[tree.kind] = f"{tree.folder} cannot be used: {error.strerror}"
    return groups


def sweep(base: Path) -> None:
    """Remove the groups of processes that are gone, with what still runs in them."""
    for folder in base.glob("stepwise-*"):
        if owners.is_abandoned(folder.name):
            for group in [*(f for f in folder.iterdir() if f.is_dir()), folder]:
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


def _trees(memberships: str, mounts: str) -> Iterator[Tree]:
    """The groups that this process is in."""
    for line in memberships.splitlines():
        number, controllers, path = line.split(":", 2)
        kinds: tuple[Kind, ...] = tuple(k for k in RESOURCES if k in controllers.split(","))
        if number == "0":
            kinds = ("v2",)
        for kind in kinds:
            folder = _folder(kind, path, mounts)
            if folder is not None:
                yield Tree(kind, folder)


def _folder(kind: Kind, path: str, mounts: str) -> Path | None:
    """Where a group is in the file system: containers often see but a part of the tree."""
    for line in mounts.splitlines():
        place, _, what = line.partition(" - ")
        kind_of_file_system, _, options = what.split(" ", 2)
        root, point = place.split()[3:5]
        fits = kind_of_file_system == ("cgroup2" if kind == "v2" else "cgroup")
        if not fits or (kind != "v2" and kind not in options.split(" ")[-1].split(",")):
            continue
        inner = path.removeprefix(root.rstrip("/")) if path.startswith(root.rstrip("/")) else "/"
        folder = Path(point + inner.rstrip("/"))
        return folder if folder.is_dir() else Path(point)
    return None


def _preferred(trees: list[Tree]) -> list[Tree]:
    """A resource is in one of the trees; version 2 is left out when it has none of ours."""
    v2 = [tree for tree in trees if tree.kind == "v2"]
    ours = [t for t in v2 if {"memory", "pids"} & set(_read(_above_leaf(t.folder) / "cgroup.controllers"))]
    return ours + [tree for tree in trees if tree.kind != "v2"]


def _prepared(tree: Tree) -> Path:
    """Where groups can be made. In version 2 a group that has groups with limits holds no processes."""
    if tree.kind != "v2":
        return tree.folder
    base = _above_leaf(tree.folder)
    try:
        _enable(base)
    except OSError:
        leaf = base / _LEAF
        leaf.mkdir(exist_ok=True)
        for pid in _read(base / "cgroup.procs"):
            write(leaf / "cgroup.procs", pid)
        _enable(base)
    return base


def _above_leaf(folder: Path) -> Path:
    return folder.parent if folder.name == _LEAF else folder


def _enable(folder: Path) -> None:
    wanted = set(_read(folder / "cgroup.controllers")) & {"memory", "pids", "cpu"}
    write(folder / "cgroup.subtree_control", " ".join(f"+{name}" for name in sorted(wanted)))


def _read(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []
