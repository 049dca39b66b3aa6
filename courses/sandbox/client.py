"""The server's side of a warm process: start it, learn what it can do, have it fork, end it.

Every method may be called from any thread.
"""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

from courses.errors import SandboxLost
from courses.sandbox import boot, waiting, warm_cache, wire
from courses.sandbox.config import Config
from courses.sandbox.job import Job
from courses.sandbox.layers import Layers
from courses.sandbox.lease import Lease
from courses.sandbox.limits import Limits
from courses.sandbox.places import Places
from courses.sandbox.readiness import Facts, Readiness
from courses.sandbox.run_folder import RunFolder
from courses.sandbox.watchdog import Watchdog

_numbers = itertools.count(1)
_ENDING = 5.0


class Zygote:
    """One warm process. `run_folder` is on the host, and best short: Unix sockets have paths of 107 bytes."""

    def __init__(self, config: Config, run_folder: Path) -> None:
        self.config = config
        self._base = run_folder
        self._sending = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Zygote":
        """Returns at once. Raises SandboxUnavailable where it cannot even be tried."""
        boot.require_linux()
        self.folder = RunFolder(self._base, next(_numbers))
        self.places = Places(self.folder)
        warm_cache.fill(self.folder.cache, self.config.cache)
        self._server, theirs = socket.socketpair()
        pulse, their_pulse = socket.socketpair()
        self._readiness = Readiness(
            self._server, partial(warm_cache.keep, self.folder.cache, self.config.cache)
        )
        self._watchdog = Watchdog(pulse, self._end_at_once)
        with theirs, their_pulse:
            try:
                self._process = boot.boot(self.config, self.folder.cache, theirs.fileno())
            except BaseException:
                self.folder.close()
                for connection in (self._server, pulse):
                    connection.close()
                raise
            with contextlib.suppress(OSError):
                first = {"config": asdict(self.config), "folder": str(self.folder.path)}
                wire.send(self._server, first, (their_pulse.fileno(),))
        self._watchdog.start()
        return self

    def wait_ready(self, timeout: float | None = 60.0) -> Facts:
        """Raises SandboxUnavailable with the reason when it never will be."""
        return self._readiness.wait(timeout)

    async def ready(self, timeout: float | None = 60.0) -> Facts:  # noqa: ASYNC109 - as `wait_ready`
        """As `wait_ready`, for an event loop."""
        return await self._readiness.ready(timeout)

    def raise_if_none_here(self) -> None:
        """Raises NoSandboxHere when it has ended because the machine gives no sandbox."""
        self._readiness.raise_if_none_here()

    def alive(self) -> bool:
        """Not when it has just ended and what it leaves is still being ended."""
        running = self._process is not None and self._process.poll() is None
        return running and not waiting.has_hung_up(self._server)

    def fork(
        self,
        entry: str,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
        *,
        mounts: Mapping[str, Path] | None = None,
        sockets: bool = False,
    ) -> Lease:
        """Have `entry` ("package.module:function") called as `function(payload, place)` in a sandbox.

        `mounts` maps paths beneath the child's work folder to folders of the host that it may read.
        `sockets` gives it a folder in which its Unix sockets are seen by the server. Returns before the
        sandbox is closed. Raises SandboxUnavailable.
        """
        facts = self.wait_ready()
        if not self.alive():
            raise SandboxLost("The warm process has ended.")
        job = self.places.take(entry, limits)
        try:
            return self._ask(self.places.make(job, facts, mounts or {}, sockets=sockets))
        except BaseException:
            self.places.release(job)
            raise

    def stop(self) -> None:
        """End it with all its children, and remove their folders."""
        if self._process is None:
            return
        self._watchdog.stop()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        for end in (self._end_at_once, self._process.kill):
            try:
                self._process.wait(_ENDING)
                break
            except subprocess.TimeoutExpired:
                end()
        self._process.wait()
        self._server.close()
        self.folder.close()

    def _end_at_once(self) -> None:
        """However it hangs. The small process above it ends what it leaves; before it is ready, that is all
        of one group.
        """
        assert self._process is not None
        with contextlib.suppress(OSError):
            if self._readiness.has_answered() and self._readiness.facts is not None:
                os.kill(self._readiness.facts.pid, signal.SIGKILL)
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    def _ask(self, job: Job) -> Lease:
        lease, their_lease = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        payload, their_payload = socket.socketpair()
        with their_lease, their_payload:
            try:
                with self._sending:
                    wire.send(self._server, asdict(job), (their_lease.fileno(), their_payload.fileno()))
            except OSError as error:
                lease.close()
                payload.close()
                raise SandboxLost("The warm process has ended.") from error
        self._watchdog.ask()
        sockets = Path(job.sockets) if job.sockets else None
        return Lease(lease, payload, sockets, lambda: self.places.release(job), self._watchdog.ask)


def probe(run_folder: Path, config: Config = Config()) -> Layers:  # noqa: B008 - it is frozen
    """The layers that this host gives, by trying. Raises SandboxUnavailable."""
    zygote = Zygote(config, run_folder).start()
    try:
        return zygote.wait_ready().layers
    finally:
        zygote.stop()
