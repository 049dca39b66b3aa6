"""What counts as work, and what is done about too much of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from courses.kernels.capacity import default_kernels, machine_memory_mb
from courses.kernels.run_clock import RunClock


class Heard:
    """A clock that runs out at once, and what it has said so far."""

    def __init__(self, seconds: float = 0.0, mercy: float = 0.0) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.clock = RunClock(
            seconds, self.said.put_nowait, lambda: self.said.put_nowait("stubborn"), mercy=mercy
        )


@asynccontextmanager
async def heard(seconds: float = 0.0, mercy: float = 0.0) -> AsyncIterator[Heard]:
    found = Heard(seconds, mercy)
    async with asyncio.timeout(20):
        yield found
    found.clock.close()


def test_what_runs_too_long_is_named_and_then_given_up() -> None:
    """First its id, then that it has not ended."""

    async def test() -> None:
        async with heard() as one:
            one.clock.began("a")
            assert [await one.said.get(), await one.said.get()] == ["a", "stubborn"]

    asyncio.run(test())


def test_what_ends_is_forgotten() -> None:
    """Before it is overdue, and in the time that it is given to end."""

    async def test() -> None:
        async with heard(mercy=60) as one:
            one.clock.began("a")
            one.clock.ended("a")
            one.clock.began("b")
            assert await one.said.get() == "b"
            assert one.clock.at_work
            one.clock.ended("b")
            one.clock.began("c")
            assert await one.said.get() == "c"

    asyncio.run(test())


def test_waiting_for_input_is_no_work() -> None:
    """No time passes until the line is there, also for what begins meanwhile."""

    async def test() -> None:
        async with heard(seconds=60) as one:
            one.clock.began("a")
            one.clock.pause()
            one.clock.began("b")
            assert not one.clock.at_work
            for run in one.clock._runs.values():
                assert run.timer is None
                run.left = 0
            one.clock.resume()
            assert one.clock.at_work
            assert {await one.said.get(), await one.said.get()} == {"a", "b"}

    asyncio.run(test())


def test_asking_for_input_does_not_spare_what_is_overdue() -> None:
    """Else a program that asks when it is interrupted would go on for ever."""

    async def test() -> None:
        async with heard() as one:
            one.clock.began("a")
            assert await one.said.get() == "a"
            one.clock.pause()
            assert await one.said.get() == "stubborn"

    asyncio.run(test())


def test_a_kernel_that_begins_things_without_end_fills_nothing() -> None:
    """Its broadcast is its own."""

    async def test() -> None:
        async with heard(seconds=60) as one:
            for number in range(1000):
                one.clock.began(str(number))
            assert len(one.clock._runs) < 100

    asyncio.run(test())


def test_how_many_kernels_a_machine_is_good_for() -> None:
    """Never none, and never more than there are users for."""
    assert machine_memory_mb() > 100
    assert default_kernels(512, 8192) == 48
    assert default_kernels(4096, 512) == 2
    assert default_kernels(128, 10**9) == 900
