"""Sleep, stopping, loss and ownership: what is left of a session, and what is not."""

import asyncio
from pathlib import Path

import pytest
from either import Run, looping, sessions, synced

from courses.errors import StorageUnavailable
from courses.kernels.followed import State
from courses.kernels.notices import ASLEEP, DIED, DISPLACED
from courses.models.course import CourseFile
from tests.kernel_sessions import (
    ADA,
    BO,
    Chapter,
    process_of,
    text_of,
    until,
)
from tests.leftovers import left_in_temporary

pytestmark = pytest.mark.xdist_group("sessions")


def test_an_idle_kernel_is_put_to_sleep_and_says_so(tmp_path: Path, run: Run) -> None:
    """Without use for the idle time, or without a page for the grace time, the kernel goes."""
    chapter = Chapter()
    chapter.add("pid", "import os")

    async def test() -> None:
        async with synced(chapter, tmp_path) as (found, session):
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


def test_a_kernel_outlives_a_database_that_is_away(tmp_path: Path, run: Run) -> None:
    """Without a plan none starts, which is said; one that runs stays, and gets what is new later."""
    chapter = Chapter()
    chapter.add("pid", "import os")

    async def test() -> None:
        async with sessions(chapter, tmp_path) as found:
            session = await found.open(ADA, "atlas", "one")
            chapter.failure = StorageUnavailable()
            await session.sync()
            assert (session.state, session.notice) == ("lost", DIED)
            chapter.failure = None
            await session.sync()
            process = process_of(found, session)
            chapter.failure = StorageUnavailable()
            await session.sync()
            assert session.state == "ready"
            assert process.is_running()

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

    async def test() -> None:
        async with looping(tmp_path) as (found, session):
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
        async with synced(chapter, tmp_path / "io") as (found, session):
            kernel = found.kernels.get_kernel(session.id)
            sockets = Path(kernel.ip).parent  # of a kernel without a sandbox it is no path
            process_of(found, session).kill()
            await until(session, lambda: session.state == "lost")
            assert list((tmp_path / "io").iterdir()) == left_in_temporary() == []
            assert kernel.transport == "tcp" or not sockets.exists()

    run(test)


def test_a_stopped_session_is_never_lost_in_between(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stops a kernel in the middle of a cell says why; the end of the cell has no say."""

    async def test() -> None:
        async with looping(tmp_path) as (_, session):
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


def test_a_session_that_nobody_needs_is_forgotten(tmp_path: Path, run: Run) -> None:
    """With what it put out. One that a page still follows, or whose kernel runs, is kept."""
    chapter = Chapter()
    chapter.add("show", "print('shown')")

    async def test() -> None:
        async with synced(chapter, tmp_path) as (found, session):
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
