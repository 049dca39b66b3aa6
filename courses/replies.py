"""What both users of nbclient need: a cell's end that is never missed.

nbclient tells `Output` widgets what they show over the socket on which it waits for the cell's reply, and
past asyncio. ZeroMQ tells of a new message once, and such a send hears of it too; nobody is then woken for
the reply, and the cell seems to run until its time is over.
"""

from typing import Any

import zmq


class HearsReplies:
    """Goes before nbclient's `NotebookClient` among the bases: cells end when their reply has come."""

    kc: Any

    def process_message(self, *arguments: Any, **named: Any) -> Any:
        """As nbclient's; then has pyzmq look at the socket again, which wakes who waits for a reply."""
        output = super().process_message(*arguments, **named)  # type: ignore[misc]  # the client's
        self.kc.shell_channel.socket.get(zmq.EVENTS)
        return output
