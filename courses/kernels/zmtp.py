"""How ZeroMQ cuts a stream into messages, as far as it takes to tell how large they are.

The format is ZMTP 3: https://rfc.zeromq.org/spec/23/
"""

from collections.abc import Iterator

GREETING = 64
"""Bytes: a signature of ten that begins with 0xFF and ends with 0x7F, the version, and what follows."""
MORE, LONG, COMMAND = 1, 2, 4
"""Bits of a frame's first byte; a long frame's length has eight bytes, any other's has one."""
_LONGEST_COMMAND = 2**16
_FRAME_COST = 64
"""Bytes that even an empty frame counts for."""


class NotZmtp(Exception):
    """What comes is not what a peer of version 3 may send."""


class Cutter:
    """Takes a peer's bytes as they come, and gives out its messages whole.

    One that weighs more than `most` bytes is left out; however long it gets, no more of it is kept.
    """

    def __init__(self, most: int) -> None:
        self.frames = 0
        """How many have begun."""
        self._most = most
        self._greeted = 0
        self._rest = bytearray()
        self._message = bytearray()
        self._weight = 0
        """Of the message so far."""
        self._body = 0
        """Bytes of the frame that are still to come."""
        self._more = False

    def take(self, data: bytes) -> Iterator[bytes]:
        """The greeting as it comes, and each message that is complete now. Raises NotZmtp."""
        if self._greeted < GREETING:
            greeting, data = data[: GREETING - self._greeted], data[GREETING - self._greeted :]
            self._check(greeting)
            yield greeting
        self._rest += data
        at = 0
        while (step := self._frame_at(at)) is not None:
            at += step
            if not self._body and not self._more:
                if self._weight <= self._most:
                    yield bytes(self._message)
                self._message.clear()
                self._weight = 0
        del self._rest[:at]

    def _check(self, greeting: bytes) -> None:
        for at, byte in enumerate(greeting, self._greeted):
            if (at == 0 and byte != 0xFF) or (at == 9 and byte != 0x7F) or (at == 10 and byte < 3):
                raise NotZmtp("It greets in another version's way.")
        self._greeted += len(greeting)

    def _frame_at(self, at: int) -> int | None:
        """Take in a frame's head, or what is there of its body: how much that was, or None for nothing."""
        if self._body:
            step = min(self._body, len(self._rest) - at)
            self._body -= step
            self._keep(at, step)
            return step or None
        head = self._head_at(at)
        if head:
            self._keep(at, head)
            self._weight += _FRAME_COST
        return head

    def _head_at(self, at: int) -> int | None:
        if at == len(self._rest):
            return None
        flags = self._rest[at]
        head = 9 if flags & LONG else 2
        if len(self._rest) - at < head:
            return None
        self._body = int.from_bytes(self._rest[at + 1 : at + head])
        if flags & COMMAND and (self._more or flags & MORE or self._body > _LONGEST_COMMAND):
            raise NotZmtp("It sends a command that is too long, or amid a message.")
        self._more = bool(flags & MORE)
        self.frames += 1
        return head

    def _keep(self, at: int, length: int) -> None:
        self._weight += length
        if self._weight <= self._most:
            self._message += self._rest[at : at + length]
        else:
            self._message.clear()
