"""The server's hold on a forked child, in the manner of Popen. Every method may be called from any thread.

Letting go of a lease ends the child: so does the end of the server, however it comes.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from courses.errors import SandboxLost, SandboxUnavailable
from courses.sandbox import waiting
from courses.sandbox.watchdog import PATIENCE

LOST = -signal.SIGKILL if hasattr(signal, "SIGKILL") else -9
"""The exit status of a child whose warm process has ended: it ended with that."""
_CLOSING = 2 * PATIENCE
_ENDING = PATIENCE + 2.0
"""Seconds, as all. A warm process that hangs is ended before they are over."""


class Lease:
    """`payload` is a stream socket that only the server and the child hold; the server closes it.

    `sockets` is the folder on the host in which the child's sockets appear, if it has any. `error` says
    why the child's sandbox could not be closed, if so: then it has run nothing. `gone` is called when the
    child has ended, `watch` when the warm process is to show that it is alive.
    """

    stdin = stdout = stderr = None

    def __init__(
        self,
        connection: socket.socket,
        payload: socket.socket,
        sockets: Path | None,
        gone: Callable[[], None],
        watch: Callable[[], None],
    ) -> None:
        self.payload, self.sockets = payload, sockets
        self.pid: int | None = None
        self.returncode: int | None = None
        self.error = ""
        self.orphaned = False
        """Whether nobody tells how the child has ended: the warm process is gone."""
        self.memory_kills = 0
        self._connection, self._gone, self._watch = connection, gone, watch
        self._lock = threading.RLock()
        connection.setblocking(False)

    @property
    def killed_for_memory(self) -> bool:
        """Whether it was killed because it used more memory than it may. Needs a cgroup to be known."""
        return self.returncode == LOST and self.memory_kills > 0

    def fileno(self) -> int:
        """Readable when `poll` has news; -1 once the child has ended and `poll` has said so."""
        return self._connection.fileno()

    def poll(self) -> int | None:
        """The exit status, negative for a signal's number; None while it runs."""
        with self._lock:
            while self.returncode is None:
                try:
                    data = self._connection.recv(1 << 16)
                except BlockingIOError:
                    break
                except OSError:
                    data = b""
                self.orphaned = not data
                self._take(json.loads(data) if data else {"exit": LOST})
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        if not waiting.block(self._copy, self._has_ended, timeout):
            raise subprocess.TimeoutExpired("sandbox child", timeout or 0)
        assert self.returncode is not None
        return self.returncode

    async def ended(self, timeout: float | None = None) -> int:  # noqa: ASYNC109 - as `wait`
        """As `wait`, for an event loop."""
        if not await waiting.wait(self._copy, self._has_ended, timeout):
            raise subprocess.TimeoutExpired("sandbox child", timeout or 0)
        assert self.returncode is not None
        return self.returncode

    def wait_closed_off(self, timeout: float | None = _CLOSING) -> int:
        """The child's process id, once its sandbox is closed and its entry about to run.

        Raises SandboxUnavailable, and then the child is ended; SandboxLost when it was killed.
        """
        return self._closed_off(waiting.block(self._copy, self._has_begun, timeout, shared=True))

    async def closed_off(self, timeout: float | None = _CLOSING) -> int:  # noqa: ASYNC109 - as `wait`
        """As `wait_closed_off`, for an event loop."""
        return self._closed_off(await waiting.wait(self._copy, self._has_begun, timeout, shared=True))

    def send_signal(self, number: int) -> None:
        """To the child's process group. SIGKILL is for all that it has started."""
        self._order({"signal": int(number)})

    def weigh(self, cpu_weight: int) -> None:
        """Change the child's share of processor time (`Limits.cpu_weight`), where a cgroup counts it."""
        self._order({"cpu_weight": cpu_weight})

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
        self._watch()

    def terminate(self) -> None:
        """The first process of a namespace hears no SIGTERM from itself, so this is `kill`."""
        self.kill()

    def take_sockets(self) -> None:
        """Once the child has bound its own: if it has a user of its own, it makes nothing there any more."""
        if self.sockets is not None:
            os.chown(self.sockets, os.geteuid(), os.getegid())

    def close(self) -> None:
        """End the child, wait until it is gone, and close the payload.

        Should nobody tell of that, not even that the warm process has ended, the child is let go; its place
        and folder come back with the next warm process.
        """
        self.kill()
        try:
            self.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self._give_up()
        self.payload.close()

    def _give_up(self) -> None:
        with self._lock:
            if self.poll() is None:
                self.returncode = LOST
                self._connection.close()

    def _order(self, order: dict[str, int]) -> None:
        with self._lock:
            if self.poll() is None:
                with contextlib.suppress(OSError):
                    self._connection.send(json.dumps(order).encode())

    def _take(self, message: dict[str, Any]) -> None:
        self.pid = self.pid or message.get("pid")
        self.error = self.error or message.get("error", "")
        if "exit" in message:
            self.memory_kills = message.get("memory_kills", 0)
            self.returncode = message["exit"]
            self._connection.close()
            self._gone()

    def _copy(self) -> int:
        """Readable for good once the child has ended, even for who comes late."""
        with self._lock:
            if self._connection.fileno() < 0:
                return os.eventfd(1)
            return os.dup(self._connection.fileno())

    def _has_ended(self) -> bool:
        return self.poll() is not None

    def _has_begun(self) -> bool:
        return self.poll() is not None or self.pid is not None or bool(self.error)

    def _closed_off(self, in_time: bool) -> int:
        if self.pid is not None:
            return self.pid
        self.kill()
        if self.error or not in_time:
            raise SandboxUnavailable(f"A sandbox could not be closed: {self.error or 'it took too long'}.")
        reason = "the warm process has ended" if self.orphaned else "its process was killed"
        raise SandboxLost(f"A sandbox could not be closed: {reason}.")
