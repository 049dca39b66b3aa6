"""`stepwise doctor` on machines that give all, something and nothing, and with folders that will not do."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lesser import NO_NAMESPACES, NOTHING, ROOT, lesser_python
from tests.serve import serving

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")


def doctor(python: str, *options: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [python, "-m", "courses", "doctor", *options],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_all_layers() -> None:
    """What is in force stands in one line; what is lacking, if anything, in a line each."""
    done = doctor(sys.executable)
    assert (done.returncode, done.stderr) == (0, "")
    first, *others = done.stdout.splitlines()
    assert first.startswith("Layers: namespaces, ")
    assert "Landlock" in first and "seccomp" in first
    assert all(line.startswith("Lacking ") for line in others)
    assert "Lacking namespaces" not in done.stdout


def test_without_namespaces(tmp_path: Path) -> None:
    """Landlock and seccomp remain; it is said what is lacking, why, and what that means."""
    done = doctor(lesser_python(tmp_path, NO_NAMESPACES))
    assert (done.returncode, done.stderr) == (0, "")
    first, *others = done.stdout.splitlines()
    assert "namespaces" not in first and "Landlock" in first and "seccomp" in first
    (lack,) = (line for line in others if line.startswith("Lacking namespaces"))
    assert "Operation not permitted" in lack
    assert "Children share the machine's processes and network" in lack


def test_without_anything(tmp_path: Path) -> None:
    """Status 1, and each way that was tried with the reason why it did not work."""
    done = doctor(lesser_python(tmp_path, NOTHING))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("stepwise: The warm process for sandboxes cannot be used: ")
    assert "namespaces: " in done.stderr and "Landlock and seccomp are not both available" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_path_that_is_too_long(tmp_path: Path) -> None:
    """From the settings, whether a file or the environment names it; nothing is made there."""
    folder = tmp_path / ("x" * 60)
    config = tmp_path / "stepwise.toml"
    config.write_text(f'run_folder = "{folder}"\n')
    for done in (
        doctor(sys.executable, STEPWISE_RUN_FOLDER=str(folder)),
        doctor(sys.executable, "--config", str(config)),
    ):
        assert (done.returncode, done.stdout) == (1, "")
        assert f"Sockets in {folder}" in done.stderr
        assert "Linux allows 107. Choose a shorter folder with the run_folder setting.\n" in done.stderr
    assert not folder.exists()


def test_a_server_with_a_path_that_is_too_long(tmp_path: Path) -> None:
    """It is said at the start, and not to the first learner."""
    folder = tmp_path / ("x" * 60)
    with serving(tmp_path / "data", tmp_path / "none", STEPWISE_RUN_FOLDER=str(folder)) as served:
        assert served.stop() == 0
    said = "".join(served.lines)
    assert "cannot be started (see --allow-unsandboxed)" in said
    assert "Choose a shorter folder with the run_folder setting." in said


@pytest.fixture
def full() -> Iterator[Path]:
    """A folder on a disk without room for another one. Sockets' paths must be short."""
    disk = Path(tempfile.mkdtemp(prefix="sw-", dir="/tmp"))
    options = ["-t", "tmpfs", "-o", "size=4k,nr_inodes=2,mode=755", "tmpfs", str(disk)]
    subprocess.run(["mount", *options], check=True)
    (disk / "run").mkdir(mode=0o711)
    yield disk / "run"
    subprocess.run(["umount", "--lazy", str(disk)], check=True)
    disk.rmdir()


@needs_root
def test_a_full_disk(full: Path, tmp_path: Path) -> None:
    """Named with the folder and with what to do, by doctor and at a server's start."""
    words = "cannot be made, because the disk is full. Free some space."
    done = doctor(sys.executable, STEPWISE_RUN_FOLDER=str(full))
    assert done.returncode == 1
    assert f"{full} {words}" in done.stderr
    with serving(tmp_path / "data", tmp_path / "none", STEPWISE_RUN_FOLDER=str(full)) as served:
        assert served.stop() == 0
    assert f"{full} {words}" in "".join(served.lines)
