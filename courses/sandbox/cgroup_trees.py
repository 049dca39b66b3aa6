"""Where this process may make control groups: on a machine with version 2, with version 1, or with both."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from courses.sandbox.cgroup_limits import Kind, write

Resource = Literal["memory", "pids", "cpu"]
RESOURCES: tuple[Resource, ...] = ("memory", "pids", "cpu")
_LEAF = "stepwise-server"


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder in which this process may make groups."""

    kind: Kind
    folder: Path


def found(memberships: str, mounts: str) -> list[Tree]:
    """Those in which limits can be set."""
    return _preferred(list(_trees(memberships, mounts)))


def prepared(tree: Tree) -> Path:
    """Where groups can be made. In version 2 a group that has groups with limits holds no processes."""
    if tree.kind != "v2":
        return tree.folder
    base = _above_leaf(tree.folder)
    try:
        enable(base)
    except OSError:
        leaf = base / _LEAF
        leaf.mkdir(exist_ok=True)
        for pid in _read(base / "cgroup.procs"):
            write(leaf / "cgroup.procs", pid)
        enable(base)
    return base


def enable(folder: Path) -> None:
    wanted = set(_read(folder / "cgroup.controllers")) & {"memory", "pids", "cpu"}
    write(folder / "cgroup.subtree_control", " ".join(f"+{name}" for name in sorted(wanted)))


def _above_leaf(folder: Path) -> Path:
    return folder.parent if folder.name == _LEAF else folder


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


def _read(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []
