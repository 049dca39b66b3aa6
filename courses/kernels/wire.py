"""What pages send over their websockets: messages in the protocol that needs no reading of what they hold.

Jupyter's server takes the lengths in a message at their word; some would have it fill its memory.
"""

from itertools import pairwise
from typing import Any

PROTOCOL = "v1.kernel.websocket.jupyter.org"
_WORD = 8
_FEWEST, _MOST = 6, 128
"""Offsets in a message: of a channel's name, four parts and the end; and of the buffers of widgets."""


class NotAMessage(Exception):
    """Not in the protocol that pages speak."""


def speaks(offered: str) -> bool:
    """Whether a page offers the protocol, in its header `Sec-WebSocket-Protocol`."""
    return PROTOCOL in [name.strip() for name in offered.split(",")]


def channel_of(message: Any) -> str:
    """Which of a kernel's channels a page's message is for. Raises NotAMessage."""
    if not isinstance(message, bytes):
        raise NotAMessage
    offsets = _offsets(message)
    return message[offsets[0] : offsets[1]].decode(errors="replace")


def _offsets(message: bytes) -> list[int]:
    """Where its parts begin, and the last one ends: in order and within the message."""
    count = int.from_bytes(message[:_WORD], "little")
    if not _FEWEST <= count <= _MOST:
        raise NotAMessage
    words = [message[_WORD * n : _WORD * (n + 1)] for n in range(1, count + 1)]
    offsets = [int.from_bytes(word, "little") for word in words]
    inside = [_WORD * (count + 1), *offsets, len(message)]
    if any(later < earlier for earlier, later in pairwise(inside)):
        raise NotAMessage
    return offsets
