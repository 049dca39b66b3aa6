"""What a process holds, so that a thing done many times can be seen to leave nothing behind."""

import gc
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.cgroups import all_groups
from tests.waiting import wait_for

_MEMORY = re.compile(r"^(?:Anonymous|Pss_Shmem): +(\d+) kB", re.MULTILINE)


@dataclass(frozen=True)
class Holdings:
    """`children` counts those that have ended and were not awaited too."""

    descriptors: int
    children: int


def held_by(pid: int) -> Holdings:
    process = psutil.Process(pid)
    return Holdings(process.num_fds(), len(process.children(recursive=True)))


def memory_of(pid: int) -> int:
    """Bytes that are its own. Files that others map too would come and go with those."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * sum(int(size) for size in _MEMORY.findall(text))


def cgroups_of(pid: int) -> int:
    """How many groups a warm process has, and its children."""
    return sum(f"/stepwise-{pid}-" in str(group) for group in all_groups())


def inside(folders: Iterable[Path]) -> set[Path]:
    return {path for folder in folders for path in folder.rglob("*")}


@dataclass
class Watch:
    """Over this process and a warm one: both hold the same after many rounds as after the first few.

    `allowed` is how many bytes either may have grown by for each round: Python's memory is never quite
    still, but what is forgotten each time adds up.
    """

    warm: int
    folders: tuple[Path, ...]
    allowed: int = 8_000
    pause: float = 0.5
    """Seconds between two looks, in which nothing changes."""
    patience: float = 30.0
    pids: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.pids = (psutil.Process().pid, self.warm)

    def rounds(self, work: Callable[[int], object], times: int, first: int) -> None:
        """Do `work` `first` times, and then `times` times more, and compare."""
        for number in range(first):
            work(number)
        before, memory = self._settled(), self._memory()
        for number in range(times):
            work(first + number)
        wait_for(lambda: self._state() == before, f"nothing more is held than {before}", self.patience)
        grown = [after - then for after, then in zip(self._memory(), memory, strict=True)]
        print("bytes a round:", *(f"{growth / times:.0f}" for growth in grown))
        assert max(grown) <= self.allowed * times, f"grown by {grown} bytes in {times} rounds"

    def _settled(self) -> tuple[object, ...]:
        """What is held once that changes no more: some things are done when nobody waits for them."""
        states: list[tuple[object, ...]] = []

        def is_settled() -> bool:
            time.sleep(self.pause)
            states.append(self._state())
            return states[-3:-1] == states[-2:]

        wait_for(is_settled, "nothing changes any more", self.patience)
        return states[-1]

    def _state(self) -> tuple[object, ...]:
        return (*map(held_by, self.pids), inside(self.folders), cgroups_of(self.warm))

    def _memory(self) -> list[int]:
        gc.collect()
        return [memory_of(pid) for pid in self.pids]
