"""JSON frames over a stream socket: four bytes of length, four of address, the text.

The server passes frames between the two processes on by their address alone, and reads only those
addressed to itself.
"""

import json
import socket
import struct
import time
from typing import Any

HOST = 0
"""The server's address; runs of the submission count from 1."""
PREFIX = 0xFFFFFFFF
"""The process that forks the runs."""
LARGEST = 64 << 20
"""Bytes of one frame."""
_HEADER = struct.Struct(">II")


class Oversized(Exception):
    """A frame that claims more than LARGEST bytes."""


class Channel:
    """One end of a connection. `deadline` is in seconds of `time.monotonic`."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.deadline: float | None = None

    def send(self, address: int, message: Any) -> None:
        self.pass_on(address, json.dumps(message, separators=(",", ":")).encode())

    def pass_on(self, address: int, body: bytes) -> None:
        """Raises Oversized; TimeoutError past the deadline; OSError when the other end is gone."""
        if len(body) > LARGEST:
            raise Oversized
        self._await()
        self.socket.sendall(_HEADER.pack(len(body), address) + body)

    def receive(self) -> tuple[int, Any]:
        address, body = self.take()
        return address, json.loads(body)

    def take(self) -> tuple[int, bytes]:
        """Raises EOFError when the other end is gone, Oversized and TimeoutError."""
        length, address = _HEADER.unpack(self._exactly(_HEADER.size))
        if length > LARGEST:
            raise Oversized
        return address, self._exactly(length)

    def close(self) -> None:
        self.socket.close()

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            self._await()
            try:
                part = self.socket.recv(min(size - len(parts), 1 << 20))
            except ConnectionError:
                part = b""
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def _await(self) -> None:
        """Give the next operation what is left of the time."""
        if self.deadline is None:
            self.socket.settimeout(None)
            return
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.socket.settimeout(left)
