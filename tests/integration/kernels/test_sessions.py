"""Sessions on real kernels: replay, loss, sleep, caps and ownership."""

import asyncio
import json
import resource
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import zmq
from nbclient.output_widget import OutputWidget

from courses.kernels.limits import KEPT, LEFT_OUT
from courses.kernels.notices import ASLEEP, DIED, DISPLACED, FULL, MADE_ROOM, MEMORY, SLOW, STUBBORN
from courses.kernels.session import State
from courses.kernels.sessions import Sessions
from courses.kernels.warm import warm_kernels
from courses.models.course import CourseFile
from courses.sandbox.warm_server import WarmServer
from courses.services.replay_plan import ReplayCell
from tests import kernel_sessions
from tests.kernel_sessions import (
    ADA,
    BO,
    Chapter,
    a_page,
    close_contexts,
    process_of,
    text_of,
    until,
)

WARM: list[WarmServer] = []
"""What kernels are forked from while a test runs with sandboxes."""
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


@asynccontextmanager
async def sessions(chapter: Chapter, folder: Path, **options: Any) -> AsyncIterator[Sessions]:
    """Sandboxed or plain, as the test is just now."""
    async with kernel_sessions.sessions(chapter, folder, WARM[0] if WARM else None, **options) as found:
        yield found


Run = Callable[[Callable[[], Awaitable[None]]], None]


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmServer]:
    """One warm process, from which no course and no data can be seen."""
    server = warm_kernels()
    yield server
    server.stop()


@pytest.fixture(autouse=True, params=["sandboxed", "plain"])
def kernels_are(request: pytest.FixtureRequest) -> Iterator[str]:
    """Sessions are the same for kernels in a sandbox and for plain ones."""
    if request.param == "sandboxed":
        WARM.append(request.getfixturevalue("warm"))
    yield request.param
    WARM.clear()


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run a coroutine; all tests share one event loop, as a server's kernels do."""
    with asyncio.Runner() as runner:
        yield lambda test: runner.run(asyncio.wait_for(test(), 60))  # type: ignore[arg-type]
    close_contexts()


def test_a_chapters_code_is_replayed_in_order_and_visible_outputs_are_kept(tmp_path: Path, run: Run) -> None:
    """Variables build on one another; a set-up cell runs but shows nothing."""
    chapter = Chapter(files=(CourseFile("data/notes.txt", b"a note", "code"),))
    chapter.add("setup", "base = 40", visible=False)
    chapter.add("show", "print(base + 2, open('data/notes.txt').read())")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
            assert session.state == "ready"
            assert text_of(session, "show") == "42 a note\n"
            assert "setup" not in session.outputs

    run(test)


def test_a_reply_that_comes_while_a_widget_is_told_something_is_heard(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ZeroMQ tells of a reply once, and a send may be what hears of it: the cell has ended all the same."""
    publish = OutputWidget._publish_msg

    def late(widget: OutputWidget, *arguments: Any, **named: Any) -> None:
        zmq.Socket.shadow(widget.kernel_client.shell_channel.socket.underlying).poll(2000)
        publish(widget, *arguments, **named)

    monkeypatch.setattr(OutputWidget, "_publish_msg", late)
    chapter = Chapter()
    chapter.add("slider", "import ipywidgets\n@ipywidgets.interact(k=3)\ndef show(k):\n    print(k)")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            async with asyncio.timeout(30):  # a reply that is not heard is waited for a minute
                await session.sync()
            assert "slider" in session.outputs

    run(test)


def test_only_what_is_new_runs_when_a_step_is_unlocked(tmp_path: Path, run: Run) -> None:
    """A second sync runs the new cell alone, in the same kernel."""
    chapter = Chapter()
    chapter.add("first", "count = globals().get('count', 0) + 1")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
            chapter.add("second", "print('count is', count)")
            await session.sync()
            assert text_of(session, "second") == "count is 1\n"
            assert session.generation == 1

    run(test)


def test_a_kernel_that_dies_is_noticed_and_its_variables_rebuilt(tmp_path: Path, run: Run) -> None:
    """kill -9 on the kernel: the learner is told, and the chapter is replayed into a new one."""
    chapter = Chapter()
    chapter.add("make", "x = 5")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
            first = process_of(found, session)
            first.kill()
            await until(session, lambda: session.state == "lost")
            assert session.notice == DIED
            chapter.add("use", "print(x)")
            await session.sync()
            assert text_of(session, "use") == "5\n"
            assert process_of(found, session) != first
            assert session.generation == 2

    run(test)


def test_an_idle_kernel_is_put_to_sleep_and_says_so(tmp_path: Path, run: Run) -> None:
    """Without use for the idle time, or without a page for the grace time, the kernel goes."""
    chapter = Chapter()
    chapter.add("pid", "import os")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
            process = process_of(found, session)
            await found.sweep(now=session.used + 1)
            assert session.state == "ready"
            await found.sweep(now=session.used + 1000)
            assert session.state == "off"
            assert not process.is_running()
            session.touch()
            await session.sync()
            found.kernels.notify_connect(session.id)
            await found.sweep(now=session.used + 1000)
            assert session.notice == ASLEEP

    run(test)


def test_over_the_cap_the_least_used_kernel_makes_room(tmp_path: Path, run: Run) -> None:
    """With a cap of one, opening a second chapter puts the first one's kernel to sleep."""

    async def test() -> None:
        async with sessions(Chapter(), tmp_path, per_user=1) as found:
            first = await found.open(ADA, "atlas", "one")
            await first.sync()
            other = await found.open(BO, "atlas", "one")
            await other.sync()
            second = await found.open(ADA, "atlas", "two")
            await second.sync()
            assert (first.state, first.notice) == ("off", DISPLACED)
            assert (other.state, second.state) == ("ready", "ready")

    run(test)


def test_only_its_owner_finds_a_kernel(tmp_path: Path, run: Run) -> None:
    """The id is an address and not a secret: another's session is not there at all."""

    async def test() -> None:
        async with sessions(Chapter(), tmp_path) as found:
            session = await found.open(ADA, "atlas", "one")
            assert found.owned(ADA, session.id) is session
            assert found.owned(BO, session.id) is None

    run(test)


def test_nothing_is_left_behind_when_the_server_stops(tmp_path: Path, run: Run) -> None:
    """Kernels and their folders are gone, even one that is in the middle of an endless loop."""
    chapter = Chapter()
    chapter.add("where", "import os; print(os.getcwd(), end='')")
    chapter.add("loop", "while True: pass")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "one")
            session.sync_soon()
            await until(session, lambda: "where" in session.outputs)
            process, folder = process_of(found, session), text_of(session, "where")
        assert not process.is_running()
        assert not Path(folder).exists()

    run(test)


def test_a_kernel_is_given_none_of_the_servers_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """Only the allow-listed names reach it."""
    monkeypatch.setenv("STEPWISE_DATABASE", "postgresql://secret")
    chapter = Chapter()
    chapter.add("env", "import os; print('secret' in str(os.environ), os.environ['HOME'] == os.getcwd())")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "one")
            await session.sync()
            assert text_of(session, "env") == "False True\n"

    run(test)


def test_a_kernel_that_dies_by_itself_leaves_nothing(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No connection file, no folder of its sockets and no working folder, although nobody shut it down."""
    chapter = Chapter(files=(CourseFile("data/notes.txt", b"a note", "code"),))
    for name in ("tmp", "io"):
        (tmp_path / name).mkdir()
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))

    async def test() -> None:
        async with sessions(chapter, tmp_path / "io") as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
            kernel = found.kernels.get_kernel(session.id)
            sockets = Path(kernel.ip).parent  # of a kernel without a sandbox it is no path
            process_of(found, session).kill()
            await until(session, lambda: session.state == "lost")
            assert list((tmp_path / "io").iterdir()) == list((tmp_path / "tmp").iterdir()) == []
            assert kernel.transport == "tcp" or not sockets.exists()

    run(test)


def test_a_run_that_goes_on_too_long_is_stopped_and_named(tmp_path: Path, run: Run) -> None:
    """Whether or not a page is open. Variables stay, and the next run is its own."""
    chapter = Chapter()
    chapter.add("make", "x = 5")

    async def test() -> None:
        async with sessions(chapter, tmp_path, run_limit=1) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
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
        async with sessions(Chapter(), tmp_path, run_limit=1) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
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
        async with sessions(chapter, tmp_path, run_limit=1) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
            assert text_of(session, "next") == "after\n"
            assert (session.state, session.warning, session.too_long) == ("ready", SLOW, [])

    run(test)


def test_a_cell_that_loops_with_no_page_open_ends_with_the_grace_time(tmp_path: Path, run: Run) -> None:
    """Being at work keeps no kernel for which there is no page."""

    async def test() -> None:
        async with sessions(Chapter(), tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
            process = process_of(found, session)
            with a_page(found, session) as page:
                page.execute("while True: pass")
                while not session.at_work:
                    await asyncio.sleep(0.01)
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
                while not (second.at_work and third.at_work):
                    await asyncio.sleep(0.01)
                await first.sync()
                assert (first.state, first.notice) == ("lost", FULL)
                await third.interrupt()
                while third.at_work:
                    await asyncio.sleep(0.01)
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
        async with sessions(Chapter(), tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
            with a_page(found, session) as page:
                page.execute("x = b'x' * (400 << 20)")
                await until(session, lambda: session.state == "lost")
            assert session.notice == MEMORY

    run(test)


def test_a_stopped_session_is_never_lost_in_between(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stops a kernel in the middle of a cell says why; the end of the cell has no say."""
    chapter = Chapter()
    chapter.add("where", "print('here')")
    chapter.add("loop", "while True: pass")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            session.sync_soon()
            await until(session, lambda: "where" in session.outputs)
            states: list[str] = []
            move = session._move

            def noted(state: State, notice: str) -> None:
                states.append(state)
                move(state, notice)

            monkeypatch.setattr(session, "_move", noted)
            await session.stop(ASLEEP)
            assert "lost" not in states
            assert (session.state, session.notice) == ("off", ASLEEP)

    run(test)


def test_a_session_that_is_stopped_while_it_starts_replays_nothing(tmp_path: Path, run: Run) -> None:
    """Its kernel may not be there yet to be ended; it is not waited for what it would run."""
    chapter = Chapter()
    chapter.add("loop", "while True: pass")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            session.sync_soon()
            await until(session, lambda: session.state == "starting")
            async with asyncio.timeout(20):
                await session.stop()
            assert (session.state, found.count()) == ("off", 0)

    run(test)


def test_requests_to_catch_up_do_not_pile_up(tmp_path: Path, run: Run) -> None:
    """However many come while one is under way, one more does for all of them."""
    chapter = Chapter()

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            for _ in range(200):
                session.sync_soon()
            await until(session, lambda: session.state == "starting")
            chapter.add("last", "print('ran')")
            for _ in range(200):
                session.sync_soon()
            await until(session, lambda: "last" in session.outputs)
            await session.sync()
            assert chapter.asked <= 3

    run(test)


PRINT_SLOWLY = """for _ in range({times}):
    print('{letter}' * 500_000, end='', flush=True)
print()"""


def test_the_outputs_of_a_chapter_are_kept_up_to_a_total(tmp_path: Path, run: Run) -> None:
    """A page is told of all of them at once. What is left out is said; what replaces a cell has its room."""
    chapter = Chapter()
    for name in ("one", "two", "three", "four"):
        chapter.add(name, f"{PRINT_SLOWLY.format(letter='x', times=7)} # {name}")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
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


def test_a_session_that_nobody_needs_is_forgotten(tmp_path: Path, run: Run) -> None:
    """With what it put out. One that a page still follows, or whose kernel runs, is kept."""
    chapter = Chapter()
    chapter.add("show", "print('shown')")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
            await session.stop(ASLEEP)
            later = session.used + 1000
            following = asyncio.create_task(session.wait(session.version, 60))
            await asyncio.sleep(0)
            await found.sweep(now=later)
            assert await found.open(ADA, "atlas", "code") is session
            assert text_of(session, "show") == "shown\n"
            following.cancel()
            await asyncio.wait([following])
            await found.sweep(now=session.seen + 1)
            assert await found.open(ADA, "atlas", "code") is session
            await found.sweep(now=session.seen + 1000)
            assert found.owned(ADA, session.id) is None
            anew = await found.open(ADA, "atlas", "code")
            assert (anew.id, anew.outputs, anew.epoch == session.epoch) == (session.id, {}, False)

    run(test)


def test_a_kernel_that_says_it_has_ended_and_goes_on_is_given_up(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No clock hears of what such a cell takes. Those behind it are not said to have run."""
    monkeypatch.setattr("courses.kernels.session._REPLY_SECONDS", 1)
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


def test_what_is_asked_for_after_a_stop_comes_after_it(tmp_path: Path, run: Run) -> None:
    """The kernel is still on its way out; the next one is not taken for it."""
    chapter = Chapter()
    chapter.add("make", "x = 5")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "code")
            await session.sync()
            session.make_way(MADE_ROOM)
            session.sync_soon()
            await until(session, lambda: session.generation == 2 and session.state == "ready")
            await until(session, lambda: not session._tasks)
            assert (session.state, found.count()) == ("ready", 1)

    run(test)
