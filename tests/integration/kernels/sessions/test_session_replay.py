"""A chapter's code in a kernel: what runs there, when, and how often."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import zmq
from either import Run, sessions, synced
from nbclient.output_widget import OutputWidget

from courses.kernels.notices import DIED, MADE_ROOM
from courses.models.course import CourseFile
from tests.kernel_sessions import (
    ADA,
    Chapter,
    process_of,
    text_of,
    until,
)

pytestmark = pytest.mark.xdist_group("sessions")


def test_a_chapters_code_is_replayed_in_order_and_visible_outputs_are_kept(tmp_path: Path, run: Run) -> None:
    """Variables build on one another; a set-up cell runs but shows nothing."""
    chapter = Chapter(files=(CourseFile("data/notes.txt", b"a note", "code"),))
    chapter.add("setup", "base = 40", visible=False)
    chapter.add("show", "print(base + 2, open('data/notes.txt').read())")

    async def test() -> None:
        async with synced(chapter, tmp_path) as (_, session):
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
        async with synced(chapter, tmp_path) as (_, session):
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
        async with synced(chapter, tmp_path) as (found, session):
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


def test_what_is_asked_for_after_a_stop_comes_after_it(tmp_path: Path, run: Run) -> None:
    """The kernel is still on its way out; the next one is not taken for it."""
    chapter = Chapter()
    chapter.add("make", "x = 5")

    async def test() -> None:
        async with synced(chapter, tmp_path) as (found, session):
            session.make_way(MADE_ROOM)
            session.sync_soon()
            await until(session, lambda: session.generation == 2 and session.state == "ready")
            await until(session, lambda: not session._tasks)
            assert (session.state, found.count()) == ("ready", 1)

    run(test)
