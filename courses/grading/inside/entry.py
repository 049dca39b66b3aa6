"""Where a grading process begins, its connection open and its working folder entered."""

import os
import socket
import sys
from collections.abc import Mapping

from courses.grading.inside.confine import give_up_rights, limit_resources
from courses.grading.inside.frames import Channel


def main(role: str, connection: socket.socket, limits: Mapping[str, float]) -> None:
    """`role` is `prefix` or `examiner`; `limits` has the fields of `services.ports.Limits`."""
    channel = Channel(connection)
    limit_resources(limits)
    sys.argv[:] = [""]
    if role == "examiner":
        give_up_rights(unreadable=True)
        sys.path.insert(0, os.getcwd())  # noqa: PTH109 - pathlib is slow to import
        from courses.grading.inside.examiner import serve  # noqa: PLC0415 - each role loads its own half

        sys.dont_write_bytecode = True
        serve(channel)
    else:
        give_up_rights(adopt_orphans=True)
        from courses.grading.inside.prefix import Prefix  # noqa: PLC0415 - as above

        sys.dont_write_bytecode = True
        Prefix(channel, os.getcwd()).serve()  # noqa: PTH109
