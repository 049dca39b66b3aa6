"""What children do in these tests. The warm process imports it, so it is light."""

import os
import signal
import socket

from courses.sandbox import wire
from courses.sandbox.place import Place


def run_cells(payload: socket.socket, place: Place) -> int:
    """Execute what comes and answer what it left in `result`, or what it raised."""
    place.bind_no_more()
    return _serve(payload, place)


def run_cells_with_sockets(payload: socket.socket, place: Place) -> int:
    """As before the last step, when an entry binds its own sockets."""
    return _serve(payload, place)


def run_and_fork(payload: socket.socket, place: Place) -> int:
    """As a process that forks one for each run: the inner one answers."""
    place.bind_no_more()
    inner = os.fork()
    if inner == 0:
        os._exit(_serve(payload, place))
    os.waitpid(inner, 0)
    return 0


def say_and_end(payload: socket.socket, place: Place) -> int:
    """Say where it is, and end with a status of its own."""
    wire.send(payload, {"work": place.work, "host_pid": place.host_pid, "pid": os.getpid()})
    return 7


def fail(payload: socket.socket, place: Place) -> int:
    raise RuntimeError("an entry that fails")


def learn_modules() -> list[str]:
    """A rehearsal: what it imports, the warm process is to import."""
    import colorsys

    return [colorsys.__name__]


def _serve(payload: socket.socket, place: Place) -> int:
    names: dict[str, object] = {"place": place}
    while True:
        try:
            (code, given), _ = wire.receive(payload)
        except EOFError:
            return 0
        names.update(given, result=None)
        try:
            exec(code, names)
            answer = {"result": names["result"]}
        except BaseException as error:
            answer = {"raised": f"{type(error).__name__}: {error}"}
        wire.send(payload, answer)


def wait_for_ever() -> None:
    """For a warm process that is never ready."""
    while True:
        signal.pause()
