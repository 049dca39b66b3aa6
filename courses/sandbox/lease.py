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

from courses.errors import SandboxUnavailable
from courses.sandbox import waiting

LOST = -signal.SIGKILL if hasattr(signal, "SIGKILL") else -9
"""The exit status of a child whose warm process has ended: it ended with that."""
_ENDING = 10.0


class Lease:
    """`payload` is a stream socket that only the server and the child hold; the server closes it.

    `sockets` is the folder on the host in which the child's sockets appear, if it has any. `error` says
    why the child's sandbox could not be closed, if so: then it has run nothing.
    """

    stdin = stdout = stderr = None

    def __init__(
        self,
        connection: socket.socket,
        payload: socket.socket,
        sockets: Path | None,
        gone: Callable[[], None],
    ) -> None:
        self.payload, self.sockets = payload, sockets
        self.pid: int | None = None
        self.returncode: int | None = None
        self.error = ""
        self.orphaned = False
        """Whether nobody tells how the child has ended: the warm process is gone."""
        self.memory_kills = 0
        self._connection, self._gone = connection, gone
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

    def wait_closed_off(self, timeout: float | None = 10.0) -> int:
        """The child's process id, once its sandbox is closed and its entry about to run.

        Raises SandboxUnavailable, and then the child is ended.
        """
        return self._closed_off(waiting.block(self._copy, self._has_begun, timeout, shared=True))

    async def closed_off(self, timeout: float | None = 10.0) -> int:  # noqa: ASYNC109 - as `wait`
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

    def terminate(self) -> None:
        """The first process of a namespace hears no SIGTERM from itself, so this is `kill`."""
        self.kill()

    def take_sockets(self) -> None:
        """Once the child has bound its own: if it has a user of its own, it makes nothing there any more."""
        if self.sockets is not None:
            os.chown(self.sockets, os.geteuid(), os.getegid())

    def close(self) -> None:
        """End the child, wait until it is gone, and close the payload.

        A warm process that hangs is not waited for. It is let go, and ends the child if it ever goes on; the
        child's place and folder come back with the next warm process.
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
        reason = self.error or ("the warm process ended" if in_time else "it took too long")
        raise SandboxUnavailable(f"A sandbox could not be closed: {reason}.")
