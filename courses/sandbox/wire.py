"""Messages between the server and the warm process: JSON behind four bytes of length, and descriptors.

A stream has no largest message, as packets have.
"""

import array
import json
import os
import socket
import struct
from typing import Any

_LENGTH = struct.Struct(">I")
_MOST_DESCRIPTORS = 4
_INTEGER = array.array("i").itemsize


def send(connection: socket.socket, message: Any, descriptors: tuple[int, ...] = ()) -> None:
    """One thread at a time."""
    body = json.dumps(message).encode()
    frame = _LENGTH.pack(len(body)) + body
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    rest = frame[connection.sendmsg([frame], rights) :]
    if rest:  # sending nothing fails too, once who has read everything has closed its end
        connection.sendall(rest)


def receive(connection: socket.socket) -> tuple[Any, list[int]]:
    """A message with its descriptors. Raises EOFError when the other end is gone."""
    space = socket.CMSG_LEN(_MOST_DESCRIPTORS * _INTEGER)
    try:
        head, rights, _, _ = connection.recvmsg(_LENGTH.size, space)
        descriptors = array.array("i")
        for _, _, data in rights:
            descriptors.frombytes(data[: len(data) - len(data) % _INTEGER])
        head += _exactly(connection, _LENGTH.size - len(head)) if head else b""
        if not head:
            raise EOFError
        body = _exactly(connection, _LENGTH.unpack(head)[0])
    except ConnectionError as error:
        raise EOFError from error
    return json.loads(body), list(descriptors)


def close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _exactly(connection: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
