"""Memory of kernels as PSS: a page that several processes share counts for each by its share.

The warm process shares most of its pages with the kernels forked from it, so that what is its alone gets
less with each of them. What remains is divided among the kernels: a kernel costs its own processes' PSS
and its part of the warm process's.
"""

import asyncio
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.figures import OURS, Figure
from benchmarks.kernel_makers import KernelMaker, our_kernels, stock_kernels
from benchmarks.peers.environment import Peers
from benchmarks.rounds import reason, say, say_figure, with_patience
from benchmarks.topics.kernels import STOCK
from benchmarks.work import PLOT

COUNTS = (1, 10, 30)
IDLE, PLOTTED = "idle after imports", "after a plot"


def work(count: int, state: str) -> str:
    """The name of a figure."""
    return f"memory a kernel, {count} running, {state}" if count > 1 else f"memory of one kernel, {state}"


def measure(_peers: Peers) -> list[Figure]:
    figures: list[Figure] = []
    for who, open_maker in ((OURS, our_kernels), (STOCK, stock_kernels)):
        with open_maker() as maker, asyncio.Runner() as loop:
            for count in COUNTS:
                figures += _weighed(loop, maker, who, count)
    return figures


def _weighed(loop: asyncio.Runner, maker: KernelMaker, who: str, count: int) -> list[Figure]:
    """When it cannot be done, that is said, and the other counts go on."""
    say(f"memory: {count} kernels, {who}")
    try:
        figures = with_patience(who, lambda: loop.run(_weigh(maker, who, count)))
    except Exception as error:  # as above
        say(f"  {who} is not measured: {reason(error)}")
        return [Figure(work(count, state), who, "MiB", (), reason(error)) for state in (IDLE, PLOTTED)]
    for figure in figures:
        say_figure(figure)
    return figures


async def _weigh(maker: KernelMaker, who: str, count: int) -> list[Figure]:
    async with maker.kernels(count) as kernels:
        pids = [kernel.pid for kernel in kernels]
        figures = _figures(who, count, IDLE, pids)
        await asyncio.gather(*(kernel.run(PLOT) for kernel in kernels))
        return figures + _figures(who, count, PLOTTED, pids)


def _figures(who: str, count: int, state: str, pids: list[int]) -> list[Figure]:
    """One value a kernel, and where ours comes from."""
    trees = [_tree(pid) for pid in pids]
    own = [_weight(tree, "Pss") for tree in trees]
    if who != OURS:
        return [Figure(work(count, state), who, "MiB", tuple(own))]
    theirs = {process for tree in trees for process in tree}
    warm = _weight(set(psutil.Process().children(recursive=True)) - theirs, "Pss") / count
    written = tuple(_weight(tree, "Private_Dirty") for tree in trees)
    return [
        Figure(work(count, state), who, "MiB", tuple(value + warm for value in own)),
        Figure(f"of which only it has: written since the fork ({count}, {state})", who, "MiB", written),
        Figure(f"of which its part of the warm process ({count}, {state})", who, "MiB", (warm,)),
    ]


def _tree(pid: int) -> set[psutil.Process]:
    process = psutil.Process(pid)
    return {process, *process.children(recursive=True)}


def _weight(processes: Iterable[psutil.Process], field: str) -> float:
    """MiB of all together. Raises PermissionError where the machine does not let us look."""
    return sum(_rollup(process.pid, field) for process in processes) / 1024


def _rollup(pid: int, field: str) -> int:
    """KiB; none for a process that has just ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        found = re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)
        return int(found[1]) if found else 0
    return 0
