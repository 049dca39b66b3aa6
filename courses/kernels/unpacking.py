"""Reading what a kernel says, which may be anything: made to take long, nested without end, or no message."""

from typing import Any

from jupyter_client.session import Session, json_unpacker

CONTAINERS = 200_000
"""Lists and objects in a part of a message. More would keep the server busy; whoever draws needs fewer."""
SHORT = 2**16
"""Bytes of what the server reads of every message: headers, and the content of a kernel's state."""
MALFORMED = (ValueError, LookupError, TypeError, AttributeError)
"""What reading anything else than a message may raise."""


def unpack(packed: bytes) -> Any:
    """A part of a message. Raises ValueError for what is no JSON or takes long to read."""
    if packed.count(b"[") + packed.count(b"{") > CONTAINERS:
        raise ValueError("A part of the message holds too much.")
    try:
        return json_unpacker(packed)
    except RecursionError:
        raise ValueError("A part of the message is nested too deeply.") from None


class Heard:
    """What of a message a server needs to know. Raises one of MALFORMED.

    `state` is the kernel's, if the message tells it.
    """

    def __init__(self, session: Session, message: list[bytes]) -> None:
        _, parts = session.feed_identities(message)
        self.kind = str(_short(parts[1])["msg_type"])
        self.request = str(_short(parts[2]).get("msg_id", ""))
        self.state = str(_short(parts[4])["execution_state"]) if self.kind == "status" else ""


def _short(packed: Any) -> Any:
    if len(packed) > SHORT:
        raise ValueError("The message's header is too long.")
    return unpack(bytes(packed))
