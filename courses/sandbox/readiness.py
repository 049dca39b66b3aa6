"""What a warm process says once it is ready, or why it never will be.

It says it once, to all who wait, in whatever threads and event loops.
"""

import os
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from courses.errors import NoSandboxHere, SandboxUnavailable
from courses.sandbox import layers, waiting, wire
from courses.sandbox.layers import Layers


@dataclass(frozen=True, slots=True)
class Facts:
    """What a warm process says when it is ready. `problems` maps what could not be warmed to the reason."""

    layers: Layers
    pid: int
    first_uid: int
    problems: Mapping[str, str]


class Readiness:
    """Of the warm process behind `server`. `warmed` is called once, before anybody hears that it is."""

    def __init__(self, server: socket.socket, warmed: Callable[[], None]) -> None:
        self.facts: Facts | None = None
        self._server, self._warmed = server, warmed
        self._refused = ""
        self._for_good = False
        """Whether it is the machine that refuses, and not just this process."""
        self._reading = threading.RLock()

    def wait(self, timeout: float | None) -> Facts:
        """Raises SandboxUnavailable with the reason when it never will be."""
        return self._said(waiting.block(self._copy, self.has_answered, timeout))

    async def ready(self, timeout: float | None) -> Facts:  # noqa: ASYNC109 - as `wait`
        """As `wait`, for an event loop."""
        return self._said(await waiting.wait(self._copy, self.has_answered, timeout))

    def raise_if_none_here(self) -> None:
        """Raises NoSandboxHere when it has ended because the machine gives no sandbox."""
        if self.has_answered() and self._for_good and self._refused:
            self._said(in_time=True)

    def has_answered(self) -> bool:
        """The byte behind the answer is never taken: whoever waits sees that something has come."""
        with self._reading:
            if self.facts is None and not self._refused and _has_come(self._server):
                self._take_in()
            return self.facts is not None or bool(self._refused)

    def _copy(self) -> int:
        return os.dup(self._server.fileno())

    def _take_in(self) -> None:
        try:
            record, _ = wire.receive(self._server)
        except (EOFError, OSError):
            self._refused = "it ended while it was starting"
            return
        self._for_good = True
        if "refused" in record:
            self._refused = record["refused"]
        elif record["threads"] != 1:
            reasons = "; ".join(f"{name} {why}" for name, why in record["problems"].items())
            self._refused = f"it has {record['threads']} threads and must have one to fork ({reasons})"
        else:
            self._warmed()
            given = layers.from_wire(record["layers"])
            self.facts = Facts(given, record["pid"], record["first_uid"], record["problems"])

    def _said(self, in_time: bool) -> Facts:
        if self.facts is not None:
            return self.facts
        reason = self._refused if in_time else "it took too long to start"
        kind = NoSandboxHere if self._for_good and in_time else SandboxUnavailable
        raise kind(f"The warm process for sandboxes cannot be used: {reason}.")


def _has_come(connection: socket.socket) -> bool:
    try:
        connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
