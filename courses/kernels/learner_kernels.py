"""A kernel manager apart from the server's own, so that the stock kernel routes never see a learner's."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from courses.kernels.limits import Backlog
from courses.kernels.provisioner import SPEC, Forks, SandboxSpecs


def kernel_id(user_id: int, course: str, chapter: str) -> str:
    """The id of a learner's kernel for a chapter. It is an address, not a secret: owners are checked."""
    return str(uuid5(NAMESPACE_URL, f"stepwise:{user_id}/{course}/{chapter}"))


class LearnerKernels(AsyncMappingKernelManager):
    """Starts kernels in their own folder with their own environment and nothing of the server's.

    With a `warm` process they are forked from it, in a sandbox; without one they are plain processes.
    """

    warm: Forks | None = None

    def in_sandboxes(self, warm: Forks) -> "LearnerKernels":
        """Fork kernels from now on."""
        self.warm, self.kernel_spec_manager = warm, SandboxSpecs()
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

    def start_buffering(self, kernel_id: str, session_key: str, channels: dict[str, Any]) -> None:
        """Keep what a kernel says while no page listens, but not all of it."""
        super().start_buffering(kernel_id, session_key, channels)
        self._kernel_buffers[kernel_id]["buffer"] = Backlog()


class LearnerConnection(ZMQChannelsWebsocketConnection):
    """A page's websocket to its kernel."""

    def handle_outgoing_message(self, stream: str, outgoing_msg: list[bytes]) -> None:
        """Drop `execute_input`: hidden and set-up cells' sources stay out of the page."""
        _, parts = self.session.feed_identities(outgoing_msg)
        if self.session.unpack(parts[1])["msg_type"] != "execute_input":
            super().handle_outgoing_message(stream, outgoing_msg)

    def on_restart_failed(self) -> None:
        """Say nothing: a page that hears of a dead kernel gives up for good. Its session tells it."""
