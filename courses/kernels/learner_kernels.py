"""A kernel manager apart from the server's own, so that the stock kernel routes never see a learner's."""

import contextlib
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import zmq
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from courses.kernels.limits import Backlog
from courses.kernels.provisioner import Forks
from courses.kernels.run_clock import RunClock
from courses.kernels.specs import SPEC, SandboxSpecs
from courses.kernels.unpacking import MALFORMED, Heard
from courses.sandbox.limits import Limits

_QUEUE = 16
"""Messages that may wait to be read at each of the server's sockets."""


def kernel_id(user_id: int, course: str, chapter: str) -> str:
    """The id of a learner's kernel for a chapter. It is an address, not a secret: owners are checked."""
    return str(uuid5(NAMESPACE_URL, f"stepwise:{user_id}/{course}/{chapter}"))


class LearnerKernels(AsyncMappingKernelManager):
    """Starts kernels in their own folder with their own environment and nothing of the server's.

    With a `warm` process they are forked from it, in a sandbox; without one they are plain processes.
    """

    warm: Forks | None = None
    limits = Limits()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.context.rcvhwm = _QUEUE
        self.context.set(zmq.MAX_SOCKETS, self.context.get(zmq.SOCKET_LIMIT))  # a thousand by itself
        self.clocks: dict[str, RunClock] = {}
        """What is to hear when a kernel begins and ends something, by the kernel's id."""

    def in_sandboxes(self, warm: Forks, limits: Limits | None = None) -> "LearnerKernels":
        """Fork kernels from now on."""
        self.warm, self.kernel_spec_manager = warm, SandboxSpecs()
        self.limits = limits or self.limits
        return self

    @property
    def spec(self) -> str:
        """The name of the kernel that learners get."""
        return "python3" if self.warm is None else SPEC

    def _handle_kernel_died(self, kernel_id: str) -> None:
        """Keep it: its session hears of its end too and shuts it down, which removes what it has left.

        Jupyter would forget it, and with it its sockets' folder and its connection file.
        """

    def connections(self, id_: str) -> int:
        """How many pages are connected to a kernel."""
        return int(self._kernel_connections.get(id_, 0))

    def start_watching_activity(self, kernel_id: str) -> None:
        """Hear what the kernel is at work on. Jupyter's own watch tells busy and idle, and not of what."""
        kernel = self._kernels[kernel_id]
        kernel.reason, kernel.last_activity = "", datetime.now(UTC)
        kernel._activity_stream = kernel.connect_iopub()
        kernel._activity_stream.on_recv(partial(self._hear, kernel_id, kernel))

    def _hear(self, kernel_id: str, kernel: Any, message: list[bytes]) -> None:
        """Nothing that a kernel may send can fail here. Jupyter's sockets wait for its state to be known."""
        clock = self.clocks.get(kernel_id)
        if clock is None:
            return
        with contextlib.suppress(*MALFORMED):
            heard = Heard(kernel.session, message)
            if change := {"busy": clock.began, "idle": clock.ended}.get(heard.state):
                change(heard.request)
                kernel.execution_state = "busy" if clock.busy else "idle"

    def start_buffering(self, kernel_id: str, session_key: str, channels: dict[str, Any]) -> None:
        """Keep what a kernel says while no page listens, but not all of it."""
        super().start_buffering(kernel_id, session_key, channels)
        self._kernel_buffers[kernel_id]["buffer"] = Backlog()
