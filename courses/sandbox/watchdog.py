"""Ends a warm process that hangs, so that the next use finds none and starts another.

At each request it is asked for a sign of life as well. Whoever waits for it then hears what they hear
whenever it ends; nobody else has to keep time.
"""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable

STARTING = 300.0
"""Seconds until it is ready: until then it imports what courses name, which may be much."""
PATIENCE = 10.0
"""Seconds for each later one. All that it does at a time is to fork, or to end a child."""
_SIGN = b"\0"
log = logging.getLogger("stepwise.sandbox")


class Watchdog:
    """`connection` is a socket whose other end sends a byte when it is ready, and from then on one for each
    that it gets. `end` ends what is there.

    Every method may be called from any thread.
    """

    def __init__(self, connection: socket.socket, end: Callable[[], None]) -> None:
        self._connection, self._end = connection, end
        self._asked = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._watch, name="warm-watchdog", daemon=True)

    def start(self) -> None:
        """Expect the first sign."""
        self._thread.start()

    def ask(self) -> None:
        """Expect another. Returns at once."""
        self._asked.set()

    def stop(self) -> None:
        """Expect nothing any more."""
        self._stopped = True
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._asked.set()
        self._thread.join()
        self._connection.close()

    def _watch(self) -> None:
        with contextlib.suppress(OSError):
            patience = STARTING
            while self._answers(patience):
                patience = PATIENCE
                self._asked.wait()
                if self._stopped:
                    return
                self._asked.clear()
                self._connection.send(_SIGN)
            log.error("a warm process has not answered for %g seconds and is ended", patience)
            self._end()

    def _answers(self, patience: float) -> bool:
        """Raises OSError when it has ended. In two halves: a machine that slept in one has the other."""
        self._connection.settimeout(patience / 2)
        for _ in range(2):
            with contextlib.suppress(TimeoutError):
                if not self._connection.recv(len(_SIGN)):
                    raise BrokenPipeError
                return True
        return False


def give_sign(pulse: socket.socket) -> None:
    """In the warm process."""
    with contextlib.suppress(OSError):
        pulse.send(_SIGN)


def answer(pulse: socket.socket) -> bool:
    """In the warm process, when something has come. Whether more may come."""
    with contextlib.suppress(OSError):
        if pulse.recv(len(_SIGN)):
            give_sign(pulse)
            return True
    return False
