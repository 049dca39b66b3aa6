"""Where a grading process begins, its connection open and its working folder entered."""

import fcntl
import os
import socket
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from courses.grading.inside.chance import fix_chance
from courses.grading.inside.confine import give_up_rights, limit_forked, limit_resources
from courses.grading.inside.folders import enter
from courses.grading.inside.frames import Channel

if TYPE_CHECKING:
    from courses.sandbox.place import Place


def main(role: str, connection: socket.socket, limits: Mapping[str, float]) -> None:
    """In a fresh process. `role` is `prefix` or `examiner`; `limits` has the fields of `ports.Limits`."""
    limit_resources(limits)
    _serve(role, connection)


def serve_lease(payload: socket.socket, place: "Place") -> None:
    """In a fork of the warm process, its sandbox closed. The server says what it is to be."""
    from courses.sandbox import wire  # noqa: PLC0415 - a fresh process has no use for it

    told, (printed,) = wire.receive(payload)
    fcntl.fcntl(printed, fcntl.F_SETFL, os.O_APPEND)
    limit_forked(told["limits"])
    os.environ.update(TZ="UTC", PYTHONHASHSEED="0")
    time.tzset()
    place.bind_no_more()
    _serve(told["role"], payload, printed)


def _serve(role: str, connection: socket.socket, printed: int = -1) -> None:
    channel = Channel(connection)
    sys.argv[:] = [""]
    folder = os.getcwd()  # noqa: PTH109 - pathlib is slow to import
    fix_chance()
    if role == "examiner":
        give_up_rights(unreadable=True)
        enter(folder, "examiner")
        from courses.grading.inside.examiner import serve  # noqa: PLC0415 - each role loads its own half

        sys.dont_write_bytecode = True
        serve(channel)
    else:
        give_up_rights(adopt_orphans=True)
        from courses.grading.inside.prefix import Prefix  # noqa: PLC0415 - as above

        sys.dont_write_bytecode = True
        Prefix(channel, folder, printed).serve()
