"""From asking for a kernel until it has answered and run its first line, libraries imported."""

import asyncio
import time
from collections.abc import Callable

from benchmarks.figures import OURS, Figure
from benchmarks.kernel_makers import KernelMaker, our_kernels, stock_kernels
from benchmarks.peers.environment import Peers
from benchmarks.rounds import contest

STOCK = "stock ipykernel"
ALONE = "kernel, from start to first reply"
MANY = "30 kernels at once, until all have replied"
PARTS = {
    "started": "of which until it is started",
    "answered": "of which until it answers `kernel_info`",
    "ran": "of which imports and `1 + 1`",
}
ROUNDS, MANY_ROUNDS = 9, 3


def measure(_peers: Peers) -> list[Figure]:
    with our_kernels() as ours, stock_kernels() as stock, asyncio.Runner() as loop:
        makers = {OURS: ours, STOCK: stock}
        parts: dict[str, list[dict[str, float]]] = {who: [] for who in makers}

        def alone(who: str) -> Callable[[int], float]:
            def once(round_: int) -> float:
                moments = loop.run(_start(makers[who], 1))[1]
                parts[who] += [moments] if round_ >= 0 else []
                return 1000 * moments["ran"]

            return once

        def many(who: str) -> Callable[[int], float]:
            return lambda _round: loop.run(_start(makers[who], 30))[0]

        figures = contest(ALONE, "ms", {who: alone(who) for who in makers}, ROUNDS)
        figures += [figure for who, moments in parts.items() for figure in _parts(who, moments)]
        return figures + contest(MANY, "s", {who: many(who) for who in makers}, MANY_ROUNDS)


async def _start(maker: KernelMaker, count: int) -> tuple[float, dict[str, float]]:
    """Seconds until all of them are there, and the first one's moments."""
    began = time.perf_counter()
    async with maker.kernels(count) as kernels:
        return time.perf_counter() - began, kernels[0].moments


def _parts(who: str, starts: list[dict[str, float]]) -> list[Figure]:
    """Where the time goes: each moment's distance from the one before."""
    figures, before = [], [0.0] * len(starts)
    for moment, work in PARTS.items():
        at = [moments[moment] for moments in starts]
        spent = tuple(1000 * (now - then) for now, then in zip(at, before, strict=True))
        figures.append(Figure(work, who, "ms", spent, "" if spent else "no kernel started"))
        before = at
    return figures
