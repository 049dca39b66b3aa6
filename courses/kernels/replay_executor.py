"""Runs a chapter's cells in a kernel, and takes no more from it than there is room for.

A kernel runs what its learner wrote: what it says may be without end, or made to take long to read.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from nbformat import NotebookNode
from traitlets import Type
from voila.execute import VoilaExecutor

from courses.kernels.limits import LEFT_OUT, REPLAYED
from courses.kernels.unpacking import unpack
from courses.replies import HearsReplies

_LONG, _PAUSE = 0.005, 9
"""Seconds of reading a message that are long, and how many times as long it is quiet afterwards."""
_SILENT = ("status", "execute_input")


class ReplayExecutor(HearsReplies, VoilaExecutor):  # type: ignore[misc]  # voila has no types
    """Runs the cells of a chapter and keeps a bounded part of what each puts out.

    What the kernel says in between is thrown away as it comes, or it would wait here for the next cell.
    """

    room = REPLAYED
    """For what the next cell puts out, in bytes."""
    _said = 0
    _draining: Sequence[asyncio.Task[None]] = ()

    async def connect(self) -> None:
        """To the kernel, which has been started."""
        self.km.client_factory = _Client
        self.kc = await self.async_start_new_kernel_client()
        self.kc.session.unpack = unpack
        self.drain()

    def drain(self) -> None:
        """Begin to throw away what comes. The client has to be connected."""
        loop = asyncio.get_running_loop()
        self._draining = [loop.create_task(_throw_away(channel)) for channel in self._channels()]

    def close(self) -> None:
        """Disconnect from the kernel."""
        self._stop_draining()
        self.kc.stop_channels()

    def asked(self, request: str) -> bool:
        """Whether a request is ours: our ids begin with our session's."""
        return request.startswith(self.kc.session.session)

    @property
    def taken(self) -> int:
        """How much of what the last cell put out was kept, in bytes."""
        return min(self._said, self.room)

    async def execute_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int, store_history: bool = True
    ) -> NotebookNode:
        self._said = 0
        self._stop_draining()
        try:
            ran: NotebookNode = await super().execute_cell(cell, resources, cell_index, store_history)
        finally:
            self.drain()
        return ran

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Once a cell has put out too much, only its end is still heard."""
        full = self._said > self.room
        if not full and msg["msg_type"] not in _SILENT:
            self._said += len(json.dumps(msg["content"])) + sum(map(len, msg.get("buffers", ())))
        if msg["msg_type"] == "status" or self._said <= self.room:
            output: NotebookNode | None = super().process_message(msg, cell, cell_index)
            return output
        if not full:
            cell.outputs.append(NotebookNode(LEFT_OUT))
        return None

    def _channels(self) -> list[Any]:
        return [self.kc.shell_channel, self.kc.iopub_channel, self.kc.stdin_channel, self.kc.control_channel]

    def _stop_draining(self) -> None:
        for task in self._draining:
            task.cancel()
        self._draining = ()


class _SharedTime(AsyncZMQSocketChannel):
    """Messages that take long to read are followed by a pause, so that others have their turn."""

    async def get_msg(  # type: ignore[override]  # as the asynchronous one does
        self,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> dict[str, Any]:
        assert self.socket is not None
        if not await self.socket.poll(None if timeout is None else int(1000 * timeout)):
            raise Empty
        started = time.monotonic()
        message = await self._recv()
        took = time.monotonic() - started
        await asyncio.sleep(_PAUSE * took if took > _LONG else 0)
        return message


class _Client(AsyncKernelClient):
    iopub_channel_class = Type(_SharedTime)


async def _throw_away(channel: Any) -> None:
    """Messages that are there already are received without a wait, so it takes one on purpose."""
    while True:
        await channel.socket.recv_multipart()
        await asyncio.sleep(0)
