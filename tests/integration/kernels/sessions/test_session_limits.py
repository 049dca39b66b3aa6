"""What a kernel may take: time, memory, places, sockets and room for its outputs."""

import json
import resource
from pathlib import Path

import pytest
import zmq
from either import WARM, Run, sessions, synced

from courses.kernels.limits import KEPT, LEFT_OUT
from courses.kernels.notices import FULL, MADE_ROOM, MEMORY, SLOW, STUBBORN
from courses.services.replay_plan import ReplayCell
from tests.kernel_sessions import (
    ADA,
    BO,
    Chapter,
    a_page,
    process_of,
    text_of,
    until,
)
from tests.waiting import comes_to_hold

pytestmark = pytest.mark.xdist_group("sessions")

LYING = """
kernel = get_ipython().kernel
kernel.session.send(
    kernel.iopub_socket,
    "status",
    {"execution_state": "idle"},
    parent=kernel.get_parent("shell"),
    ident=kernel._topic("status"),
)
while True:
    pass
"""


PRINT_SLOWLY = """for _ in range({times}):
    print('{letter}' * 500_000, end='', flush=True)
print()"""


def test_a_run_that_goes_on_too_long_is_stopped_and_named(tmp_path: Path, run: Run) -> None:
    """Whether or not a page is open. Variables stay, and the next run is its own."""
    chapter = Chapter()
    chapter.add("make", "x = 5")

    async def test() -> None:
        async with synced(chapter, tmp_path, run_limit=1) as (found, session):
            with a_page(found, session) as page:
                request = page.execute("x = 6\nwhile True: pass", stop_on_error=False)
                await until(session, lambda: session.too_long == [request])
                chapter.add("use", "print(x)")
                await session.sync()
            assert text_of(session, "use") == "6\n"
            assert (session.state, session.warning, session.generation) == ("ready", "", 1)

    run(test)


def test_what_does_not_stop_is_ended_with_its_kernel(tmp_path: Path, run: Run) -> None:
    """An interrupt may be ignored; what goes on after it has had its time."""

    async def test() -> None:
        async with synced(Chapter(), tmp_path, run_limit=1) as (found, session):
            session.clock.mercy = 0.2
            process = process_of(found, session)
            with a_page(found, session) as page:
                page.execute("import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass")
                await until(session, lambda: session.state == "lost")
            assert session.notice == STUBBORN
            await until(session, lambda: not process.is_running())

    run(test)


def test_a_replayed_cell_that_goes_on_too_long_is_stopped(tmp_path: Path, run: Run) -> None:
    """The cells after it run, and the page is warned."""
    chapter = Chapter()
    chapter.add("loop", "print('on', flush=True)\nwhile True: pass")
    chapter.add("next", "print('after')")

    async def test() -> None:
        async with synced(chapter, tmp_path, run_limit=1) as (_, session):
            assert text_of(session, "next") == "after\n"
            assert (session.state, session.warning, session.too_long) == ("ready", SLOW, [])

    run(test)


def test_a_cell_that_loops_with_no_page_open_ends_with_the_grace_time(tmp_path: Path, run: Run) -> None:
    """Being at work keeps no kernel for which there is no page."""

    async def test() -> None:
        async with synced(Chapter(), tmp_path) as (found, session):
            process = process_of(found, session)
            with a_page(found, session) as page:
                page.execute("while True: pass")
                await comes_to_hold(lambda: session.at_work)
                await found.sweep(now=session.used)
                assert session.state == "ready"
                await found.sweep(now=session.used + 51)
            assert session.state == "off"
            assert not process.is_running()

    run(test)


def test_when_all_kernels_are_taken_an_idle_one_makes_room(tmp_path: Path, run: Run) -> None:
    """The one that has been idle for longest. Where all are at work, one is told to wait."""

    async def test() -> None:
        async with sessions(Chapter(), tmp_path, most=2) as found:
            first, second, third = [
                await found.open(who, "atlas", chapter)
                for who, chapter in ((ADA, "one"), (ADA, "two"), (BO, "one"))
            ]
            for session in (first, second, third):
                await session.sync()
            assert (first.state, first.notice) == ("off", MADE_ROOM)
            assert (second.state, third.state) == ("ready", "ready")
            with a_page(found, second) as ada, a_page(found, third) as bo:
                ada.execute("while True: pass")
                bo.execute("while True: pass")
                await comes_to_hold(lambda: second.at_work and third.at_work)
                await first.sync()
                assert (first.state, first.notice) == ("lost", FULL)
                await third.interrupt()
                await comes_to_hold(lambda: not third.at_work)
                await first.sync()
            assert (first.state, second.state, third.notice) == ("ready", "ready", MADE_ROOM)

    run(test)


def test_a_kernel_that_used_too_much_memory_is_said_to_have(
    tmp_path: Path, run: Run, kernels_are: str
) -> None:
    """And not that it died. A plain kernel has no such limit."""
    if kernels_are == "plain" or "memory" not in WARM[0].zygote().wait_ready().layers.cgroups:
        pytest.skip("memory is counted in cgroups alone")

    async def test() -> None:
        async with synced(Chapter(), tmp_path) as (found, session):
            with a_page(found, session) as page:
                page.execute("x = b'x' * (400 << 20)")
                await until(session, lambda: session.state == "lost")
            assert session.notice == MEMORY

    run(test)


def test_the_outputs_of_a_chapter_are_kept_up_to_a_total(tmp_path: Path, run: Run) -> None:
    """A page is told of all of them at once. What is left out is said; what replaces a cell has its room."""
    chapter = Chapter()
    for name in ("one", "two", "three", "four"):
        chapter.add(name, f"{PRINT_SLOWLY.format(letter='x', times=7)} # {name}")

    async def test() -> None:
        async with synced(chapter, tmp_path) as (_, session):
            assert len(json.dumps(session.outputs)) < KEPT + 10_000
            kept = {name: len(text_of(session, name)) for name in session.outputs}
            assert kept["one"] == kept["two"] == 3_500_001
            assert session.outputs["four"] == [LEFT_OUT]
            chapter.cells[0] = ReplayCell("one", "print('short')", True)
            chapter.cells[3] = ReplayCell("four", PRINT_SLOWLY.format(letter="y", times=4), True)
            await session.sync()
            assert text_of(session, "one") == "short\n"
            assert len(text_of(session, "four")) == 2_000_001

    run(test)


def test_a_kernel_that_says_it_has_ended_and_goes_on_is_given_up(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No clock hears of what such a cell takes. Those behind it are not said to have run."""
    monkeypatch.setattr("courses.kernels.session_kernel._REPLY_SECONDS", 1)
    chapter = Chapter()
    chapter.add("lie", LYING)
    chapter.add("next", "print('after')")

    async def test() -> None:
        async with sessions(chapter, tmp_path, run_limit=1) as found:
            session = await found.open(ADA, "atlas", "code")
            session.clock.mercy = 1
            await session.sync()
            assert (session.state, session.notice) == ("lost", STUBBORN)
            assert "next" not in session.outputs
            assert found.count() == 0

    run(test)


def test_there_are_sockets_for_hundreds_of_kernels(tmp_path: Path, run: Run) -> None:
    """All kernels share one context, which would give a thousand."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 6000:
        pytest.skip("no more than a few descriptors here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 6000), hard))

    async def test() -> None:
        async with sessions(Chapter(), tmp_path) as found:
            opened = [zmq.Socket(found.kernels.context, zmq.DEALER) for _ in range(2500)]
            for socket in opened:
                socket.close(linger=0)

    try:
        run(test)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
