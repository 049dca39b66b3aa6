"""What passes between a page's websocket and its kernel.

A page that connects anew gets the sockets of its connection before, with what came meanwhile. So whoever
leaves must let go of them at once: a second listener takes what is meant for the first.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from zmq.eventloop.zmqstream import ZMQStream

from courses.kernels.run_clock import RunClock
from courses.kernels.unpacking import MALFORMED, Heard
from courses.kernels.wire import channel_of

if TYPE_CHECKING:
    from courses.kernels.learner_kernels import LearnerKernels

_AGAIN = 0.5
"""Seconds until a kernel is asked once more."""
_PATIENCE = 30.0
"""Seconds after which a page may send, whether the kernel has been heard of or not."""


class FirstSign:
    """Asks a kernel until something of it has come over `iopub`: what it says before is lost to a page.

    `heard` is done then, or once it is stopped. `control` is closed with it; kernels answer there even
    while they run something.
    """

    def __init__(self, iopub: ZMQStream, control: ZMQStream, ask: Callable[[ZMQStream], object]) -> None:
        self._loop = asyncio.get_running_loop()
        self.heard: asyncio.Future[None] = self._loop.create_future()
        self._iopub, self._control, self._ask = iopub, control, ask
        self._giving_up = self._loop.call_later(_PATIENCE, self.stop)
        iopub.on_recv(self.stop)
        self._next = self._loop.call_soon(self._ask_once)

    def stop(self, _message: Any = None) -> None:
        """Listen no more. Once more is no harm."""
        if self.heard.done():
            return
        self.heard.set_result(None)
        self._giving_up.cancel()
        self._next.cancel()
        self._control.close()
        if not self._iopub.closed():
            self._iopub.stop_on_recv()

    def _ask_once(self) -> None:
        self._ask(self._control)
        self._next = self._loop.call_later(_AGAIN, self._ask_once)


class LearnerConnection(ZMQChannelsWebsocketConnection):
    """A page's websocket to its kernel."""

    _new: FirstSign | None = None
    """While a new connection's sockets wait for the kernel."""

    def create_stream(self) -> None:
        super().create_stream()
        kernel = self.kernel_manager
        self._new = FirstSign(
            self.channels["iopub"],
            kernel.connect_control(),
            lambda control: self.session.send(control, "kernel_info_request"),
        )

    def nudge(self) -> asyncio.Future[None]:
        """When the page may send: at once where it goes on with sockets that have been heard of."""
        if self._new is not None:
            return self._new.heard
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def disconnect(self) -> None:  # type: ignore[override]  # the base declares a coroutine, and has none
        """Let go of the sockets: they are closed, or the page's next connection gets them."""
        if self._new is not None:
            self._new.stop()
        super().disconnect()
        self.channels = {}

    def handle_outgoing_message(self, stream: str, outgoing_msg: list[bytes]) -> None:
        """Drop `execute_input`: hidden and set-up cells' sources stay out of the page.

        What is no message is dropped, too. An error here would be the last that the socket is heard of.
        """
        with contextlib.suppress(*MALFORMED):
            kind = Heard(self.session, outgoing_msg).kind
            if kind == "input_request" and self._clock is not None:
                self._clock.pause()
            if kind != "execute_input":
                super().handle_outgoing_message(stream, outgoing_msg)

    def handle_incoming_message(self, incoming_msg: Any) -> None:
        """Hear of the line that a kernel waits for. Raises NotAMessage."""
        channel, clock = channel_of(incoming_msg), self._clock
        if clock is not None and clock.asks and channel == "stdin":
            clock.resume()
        super().handle_incoming_message(incoming_msg)

    @property
    def _clock(self) -> RunClock | None:
        kernels: LearnerKernels = self.multi_kernel_manager
        return kernels.clocks.get(self.kernel_id)

    def on_restart_failed(self) -> None:
        """Say nothing: a page that hears of a dead kernel gives up for good. Its session tells it."""
