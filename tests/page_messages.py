"""What a page and its kernel say over their websocket."""

import json
import uuid
from typing import Any

from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)

from courses.kernels.wire import PROTOCOL

__all__ = ["PROTOCOL", "execute_request", "read"]


def execute_request(code: str, session: str = "tests") -> tuple[str, bytes]:
    """The id of a request to run code, and its message."""
    request = uuid.uuid4().hex
    header = {"msg_id": request, "msg_type": "execute_request", "session": session, "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    message = {
        "header": {**header, "username": "", "date": "2026-01-01T00:00:00Z"},
        "parent_header": {},
        "metadata": {},
        "content": content,
    }
    return request, serialize_msg_to_ws_v1(message, "shell", lambda part: json.dumps(part).encode())


def read(said: Any) -> dict[str, Any]:
    """A kernel's message."""
    assert isinstance(said, bytes), "The channel was closed."
    _, parts = deserialize_msg_from_ws_v1(said)
    header, parent, _, content = (json.loads(part) for part in parts[:4])
    return {"msg_type": header["msg_type"], "header": header, "parent_header": parent, "content": content}
