"""A page's connections to one kernel, one after the other and faster than a busy server follows."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from either import Run, synced
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from courses.kernels.page_connection import LearnerConnection
from tests.kernel_sessions import Chapter
from tests.page_messages import PROTOCOL, execute_request, read

pytestmark = pytest.mark.xdist_group("sessions")


class Page(KernelWebsocketHandler):
    """The server's end of a page's websocket."""

    selected_subprotocol = PROTOCOL

    def __init__(self) -> None:
        self.printed = ""
        self.said = asyncio.Event()

    def write_message(self, message: Any, binary: bool = False) -> Any:
        told = read(message)
        if told["msg_type"] == "stream":
            self.printed += told["content"]["text"]
            self.said.set()


async def connect(kernel: Any, page: Page) -> tuple[LearnerConnection, asyncio.Future[None]]:
    """A connection of the page's, and when it may send."""
    made = LearnerConnection(parent=kernel, websocket_handler=page)
    made.session.session = "page"
    await made.prepare()
    ready = made.connect()
    assert ready is not None
    return made, ready


def test_a_connection_that_ends_leaves_its_sockets_to_the_next(tmp_path: Path, run: Run) -> None:
    """It ends before the kernel was heard of. What the kernel says then is for the next one alone."""

    async def test() -> None:
        async with synced(Chapter(), tmp_path) as (found, session):
            found.kernels.kernel_info_timeout = 1.0
            kernel = found.kernels.get_kernel(session.id)
            first, second = Page(), Page()
            broken, waiting = await connect(kernel, first)
            broken.disconnect()
            whole, ready = await connect(kernel, second)
            await ready
            with contextlib.suppress(TimeoutError):
                await waiting
            whole.handle_incoming_message(execute_request("print('here')", "page")[1])
            await asyncio.wait_for(second.said.wait(), 20)
            assert (first.printed, second.printed) == ("", "here\n")
            whole.disconnect()

    run(test)


def test_what_came_meanwhile_is_there(tmp_path: Path, run: Run) -> None:
    """A connection breaks while code runs: the page reads what was printed once it is connected again."""

    async def test() -> None:
        async with synced(Chapter(), tmp_path) as (found, session):
            kernel = found.kernels.get_kernel(session.id)
            first, second = Page(), Page()
            before, ready = await connect(kernel, first)
            await ready
            before.handle_incoming_message(execute_request("print('kept')", "page")[1])
            before.disconnect()
            after, _ = await connect(kernel, second)
            await asyncio.wait_for(second.said.wait(), 20)
            assert (first.printed, second.printed) == ("", "kept\n")
            after.disconnect()

    run(test)
