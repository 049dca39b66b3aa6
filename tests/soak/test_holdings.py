"""The watch sees each sort of leak: else its silence would prove nothing."""

import mmap
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.soak.holdings import Watch

TOO_MUCH = 40_000
"""Bytes: what a careless list keeps of a start."""


@pytest.fixture
def sleeper() -> Iterator[int]:
    """A process that takes the place of a warm one, and has come to rest."""
    command = [sys.executable, "-c", "input('ready\\n')"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        yield process.pid
        process.kill()


@pytest.fixture
def leaks(tmp_path: Path) -> Iterator[dict[str, Callable[[int], object]]]:
    kept: list[object] = []
    opened: list[int] = []
    ended: list[subprocess.Popen[bytes]] = []

    def end() -> None:
        process = subprocess.Popen(["true"])
        ended.append(process)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    yield {
        "descriptor": lambda _: opened.append(os.open("/", os.O_RDONLY)),
        "zombie": lambda _: end(),
        "folder": lambda number: (tmp_path / f"{number}").mkdir(),
        "memory": lambda _: kept.append(new_memory(TOO_MUCH)),
    }
    for descriptor in opened:
        os.close(descriptor)
    for process in ended:
        process.wait()


def new_memory(size: int) -> mmap.mmap:
    """Pages of its own: a list might find room in what earlier tests have given back."""
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    pages.write(os.urandom(size))
    return pages


def impatient(pid: int, folder: Path) -> Watch:
    return Watch(pid, (folder,), pause=0.01, patience=1.0)


@pytest.mark.parametrize("what", ["descriptor", "zombie", "folder", "memory"])
def test_a_leak_is_seen(
    sleeper: int, tmp_path: Path, leaks: dict[str, Callable[[int], object]], what: str
) -> None:
    """Of one descriptor, ended process or folder a round, or of some tens of kilobytes."""
    with pytest.raises(AssertionError, match="grown" if what == "memory" else "nothing more is held"):
        impatient(sleeper, tmp_path).rounds(leaks[what], times=50, first=1)


def test_what_leaves_nothing_is_fine(sleeper: int, tmp_path: Path) -> None:
    """A round that gives everything back is not complained of."""

    def work(number: int) -> None:
        place = tmp_path / f"{number}"
        place.mkdir()
        os.close(os.open(place, os.O_RDONLY))
        place.rmdir()
        assert subprocess.run(["true"], check=True).returncode == 0
        assert psutil.Process(sleeper).is_running()

    impatient(sleeper, tmp_path).rounds(work, times=50, first=5)
