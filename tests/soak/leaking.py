"""What forgets one sort of thing each time it is done, in a process where nothing else happens.

Started as `python -m tests.soak.leaking WHAT FOLDER`, it ends with the error of the watch over it, if any.
"""

import mmap
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.soak.holdings import Watch

TOO_MUCH = 40_000
"""Bytes: what a careless list keeps of a start."""

kept: list[object] = []


def forget_descriptor(folder: Path) -> None:
    os.open(folder, os.O_RDONLY)


def forget_zombie(_: Path) -> None:
    process = subprocess.Popen(["true"])
    kept.append(process)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)


def forget_folder(folder: Path) -> None:
    (folder / f"{len(list(folder.iterdir()))}").mkdir()


def forget_memory(_: Path) -> None:
    """Pages of its own: a list might find room in what was given back before."""
    pages = mmap.mmap(-1, TOO_MUCH, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    pages.write(os.urandom(TOO_MUCH))
    kept.append(pages)


def forget_nothing(folder: Path) -> None:
    place = folder / "place"
    place.mkdir()
    os.close(os.open(place, os.O_RDONLY))
    place.rmdir()
    subprocess.run(["true"], check=True)


LEAKS: dict[str, Callable[[Path], None]] = {
    "descriptor": forget_descriptor,
    "zombie": forget_zombie,
    "folder": forget_folder,
    "memory": forget_memory,
    "nothing": forget_nothing,
}


def main(what: str, folder: Path) -> None:
    """Watch fifty rounds over this process and one that takes the place of a warm one and is at rest."""
    command = [sys.executable, "-c", "input('ready\\n')"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as sleeper:
        try:
            assert sleeper.stdout is not None and sleeper.stdout.readline() == b"ready\n"
            watch = Watch(sleeper.pid, (folder,), pause=0.01, patience=1.0)
            watch.rounds(lambda _: LEAKS[what](folder), times=50, first=5)
        finally:
            sleeper.kill()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
