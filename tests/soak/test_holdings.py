"""The watch sees each sort of leak: else its silence would prove nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def leak(what: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.soak.leaking", what, str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("what", ["descriptor", "zombie", "folder", "memory"])
def test_a_leak_is_seen(tmp_path: Path, what: str) -> None:
    """Of one descriptor, ended process or folder a round, or of some tens of kilobytes."""
    done = leak(what, tmp_path)
    assert done.returncode == 1
    expected = "grown by" if what == "memory" else "nothing more is held than"
    assert expected in done.stderr.splitlines()[-1]


def test_what_leaves_nothing_is_fine(tmp_path: Path) -> None:
    """A round that gives everything back is not complained of."""
    done = leak("nothing", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("bytes a round:")
