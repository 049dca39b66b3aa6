"""Which cgroups are found and what is written into them, on both versions, in a pretended file system."""

import os
from pathlib import Path

import pytest

from courses.sandbox import cgroups, owners
from courses.sandbox.cgroup_trees import RESOURCES
from courses.sandbox.limits import Limits

LIMITS = Limits(memory_mb=100, processes=20, cpus=0.5, cpu_weight=50)
SERVER = owners.name_for(1)
BOOTED = owners.name_for(owners.own_pid())


def mount(number: int, root: str, point: Path, kind: str, options: str) -> str:
    return f"{number} 20 0:{number} {root} {point} rw,relatime - {kind} {kind} rw,{options}\n"


@pytest.fixture
def v2(tmp_path: Path) -> Path:
    """A group that a container sees as the root, holding this process."""
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids io")
    (tmp_path / "cgroup.subtree_control").write_text("")
    (tmp_path / "cgroup.procs").write_text("")
    return tmp_path


def child_of(groups: cgroups.Cgroups, name: str, files: list[str]) -> list[Path]:
    """Make a child's groups as the kernel would, with their files in them."""
    folders = [tree.folder / name for tree in groups.trees]
    for folder in folders:
        folder.mkdir()
        for file in files:
            (folder / file).write_text("")
    groups.make(name)
    groups.limit(name, LIMITS)
    return folders


def test_version_2(v2: Path) -> None:
    """One tree counts everything; swap is no way around the limit, and all of a child goes together."""
    for group in (v2 / SERVER, v2 / SERVER / BOOTED):
        group.mkdir()
        (group / "cgroup.controllers").write_text("cpu memory pids")
        (group / "cgroup.subtree_control").write_text("")
        (group / "memory.max").write_text("max")
    (v2 / "memory.max").write_text(f"{800 << 20}")
    groups = cgroups.open_groups("0::/\n", mount(30, "/", v2, "cgroup2", "nsdelegate"), SERVER, BOOTED)
    assert (v2 / SERVER / "memory.max").read_text() == f"{600 << 20}"  # a quarter is left to others
    assert all(groups.counts(resource) for resource in RESOURCES) is False  # the kernel says "cpu memory"
    assert (v2 / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"
    assert (v2 / SERVER / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"
    assert (v2 / SERVER / BOOTED / "memory.max").read_text() == "max"
    (v2 / SERVER / BOOTED / "cgroup.subtree_control").write_text("cpu memory pids")
    assert all(groups.counts(resource) for resource in RESOURCES)
    files = ["memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cpu.weight", "cpu.max"]
    (folder,) = child_of(groups, "7", files)
    written = {file: (folder / file).read_text() for file in files}
    assert written == {
        "memory.max": str(100 << 20),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "20",
        "cpu.weight": "50",
        "cpu.max": "50000 100000",
    }
    groups.weigh("7", 75)
    assert (folder / "cpu.weight").read_text() == "75"
    groups.weigh("a child that has ended", 5)
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\n")
    assert groups.memory_kills("7") == 2


def test_version_1(tmp_path: Path) -> None:
    """Three trees, of which a container sees but its own part."""
    mounts = ""
    for number, kind in enumerate(RESOURCES):
        (tmp_path / kind / SERVER / BOOTED).mkdir(parents=True)
        mounts += mount(number, "/docker/abc", tmp_path / kind, "cgroup", kind)
    together = tmp_path / "memory" / SERVER / "memory.limit_in_bytes"
    together.write_text("")
    memberships = "3:memory:/docker/abc\n2:pids:/docker/abc\n1:cpu,cpuacct:/docker/abc\n"
    groups = cgroups.open_groups(memberships, mounts, SERVER, BOOTED)
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert int(together.read_text()) == 3 * machine // 4
    assert {(tree.kind, tree.folder) for tree in groups.trees} == {
        (kind, tmp_path / kind / SERVER / BOOTED) for kind in RESOURCES
    }
    files = ["memory.limit_in_bytes", "pids.max", "cpu.shares", "cpu.cfs_quota_us"]
    memory, pids, cpu = child_of(groups, "7", files)
    assert (memory / "memory.limit_in_bytes").read_text() == str(100 << 20)
    assert (pids / "pids.max").read_text() == "20"
    assert (cpu / "cpu.shares").read_text() == "512"
    assert (cpu / "cpu.cfs_quota_us").read_text() == "50000"


def test_an_empty_version_2_beside_version_1(v2: Path) -> None:
    """A tree that counts nothing of ours is left alone."""
    (v2 / "cgroup.controllers").write_text("")
    groups = cgroups.open_groups("0::/\n", mount(30, "/", v2, "cgroup2", "x"), SERVER, BOOTED)
    assert not groups.trees
    assert not (v2 / SERVER).exists()


def test_what_dead_processes_left(v2: Path) -> None:
    """Their groups are removed, and those of living ones are not."""
    dead, alive = v2 / "stepwise-1-1", v2 / owners.name_for(1)
    (dead / "stepwise-2-2" / "5").mkdir(parents=True)
    (alive / BOOTED).mkdir(parents=True)
    cgroups.sweep(v2)
    assert not dead.exists()
    assert (alive / BOOTED).is_dir()


def test_what_dead_warm_processes_of_a_living_server_left(tmp_path: Path) -> None:
    """It is removed when the next one starts, and the server's group with the last of them."""
    left = tmp_path / SERVER / "stepwise-1-1" / "5"
    left.mkdir(parents=True)
    groups, others = (
        cgroups.open_groups("1:pids:/\n", mount(1, "/", tmp_path, "cgroup", "pids"), SERVER, name)
        for name in (BOOTED, "another")
    )
    assert not left.parent.exists()
    groups.close()
    assert [group.name for group in (tmp_path / SERVER).iterdir()] == ["another"]
    others.close()
    assert not list(tmp_path.iterdir())


def test_no_cgroups() -> None:
    """Then the reason is a sentence for each resource."""
    groups = cgroups.open_groups("", "", SERVER, BOOTED)
    assert not groups.trees
    assert "no cgroups" in groups.why_not("memory")
