"""Servers in containers of their own may share folders, and see neither each other's processes nor /proc."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from courses.sandbox.claims import claim
from courses.sandbox.own_folders import sweep
from courses.sandbox.run_folder import RunFolder
from tests.security.sandbox.bench import ROOT

CONTAINER = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]
SERVER = """
import sys, tempfile
from pathlib import Path
from courses.sandbox.own_folders import sweep_temporary, temporary_prefix
from courses.sandbox.run_folder import RunFolder
folder = Path(sys.argv[1])
tempfile.tempdir = str(folder / "tmp")
sweep_temporary()
run = RunFolder(folder / "run", 1)
tempfile.mkdtemp(prefix=temporary_prefix("kernel"))
print("ready", flush=True)
input()
run.close()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("tmp", "run"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path


@contextmanager
def server(folder: Path, container: list[str] = CONTAINER) -> Iterator["subprocess.Popen[str]"]:
    """That has made folders. Killed at the end, if it has not ended by itself."""
    command = [*container, sys.executable, "-c", SERVER, str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        within = psutil.Process(process.pid).children() if process.poll() is None else []
        for one in (*within, process):
            one.kill()
        psutil.wait_procs(within, 10)


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*/stepwise-*")}


def swept(folder: Path) -> set[str]:
    for name in ("tmp", "run"):
        sweep(folder / name)
    return left(folder)


def test_a_living_servers_folders_stay(folder: Path) -> None:
    """However another container counts its process; once it is killed they go."""
    with server(folder):
        made = left(folder)
        assert len(made) == 3
        assert all(name.startswith("stepwise-1-") for name in made)
        assert swept(folder) == made
        with server(folder):
            assert len(left(folder)) == 6
            assert made < left(folder)
    assert swept(folder) == set()


def test_a_server_that_ends(folder: Path) -> None:
    """Takes its mark with it; what it has not removed is swept."""
    with server(folder, []) as process:
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.wait(30) == 0
    (kept,) = left(folder)
    assert "-kernel-" in kept
    assert swept(folder) == set()


def test_a_folder_swept_before_it_was_claimed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is made once more."""
    swept_away: list[Path] = []
    mkdir = Path.mkdir

    def hasty(path: Path, **options: int) -> None:
        mkdir(path, **options)
        if not swept_away:
            swept_away.append(path)
            path.rmdir()

    monkeypatch.setattr(Path, "mkdir", hasty)
    os.close(claim(folder / "run" / "stepwise-1-1-1"))
    assert (folder / "run" / "stepwise-1-1-1").is_dir()
    assert swept_away


def test_a_run_folder_leaves_no_descriptor(folder: Path) -> None:
    """When it is closed, and closes no other's when it is closed again."""
    before = psutil.Process().num_fds()
    made = RunFolder(folder / "run", 1)
    made.close()
    made.close()
    assert psutil.Process().num_fds() == before
    assert left(folder) == set()
