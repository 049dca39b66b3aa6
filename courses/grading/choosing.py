"""Which launcher a grader has: sandboxes where the host gives them, plain processes only where allowed.

Warm processes take a second to start, so the choice is made when the first process is needed, unless a
server that expects gradings has it begin before. It holds from then on. That a sandbox fails, then or
later, is no reason to do without: only that there can be none.
"""

import contextlib
import threading
from pathlib import Path

from courses.errors import NoSandboxHere, SandboxUnavailable
from courses.grading.forked import SandboxLauncher, grading_config
from courses.grading.launching import Child, Launcher, PlainLauncher, Role
from courses.sandbox.ground import Ground
from courses.sandbox.warm_server import WarmServer
from courses.services.ports import Limits


class BestLauncher:
    """Implements `launching.Launcher`.

    Where there can be no sandbox it raises NoSandboxHere with the reason, unless `plain_allowed`; when one
    cannot be had just now, SandboxUnavailable, and the next call tries again.
    """

    def __init__(self, *, plain_allowed: bool, ground: Ground = Ground()) -> None:  # noqa: B008 - it is frozen
        self._plain_allowed, self._ground = plain_allowed, ground
        self._lock = threading.Lock()
        self._sandbox: SandboxLauncher | None = None
        self._chosen: Launcher | None = None
        self._stopped = False

    @property
    def needs_fonts(self) -> bool:
        return self._choice().needs_fonts

    @property
    def sandboxed(self) -> bool | None:
        """None as long as nothing was chosen."""
        return None if self._chosen is None else self._chosen is self._sandbox

    def start(self, role: Role, folder: Path, limits: Limits) -> Child:
        return self._choice().start(role, folder, limits)

    def warm_up(self) -> None:
        """Have the warm process begin, and return at once. What is in its way, the first grading says."""
        if self._lock.acquire(blocking=False):  # who holds it is waiting for the warm process already
            try:
                with contextlib.suppress(SandboxUnavailable):
                    self._begin().warm_up()
            finally:
                self._lock.release()

    def stop(self) -> None:
        """A choice that is being made ends with the warm process that it waits for."""
        self._stopped = True
        if self._sandbox is not None:
            self._sandbox.stop()

    def _choice(self) -> Launcher:
        with self._lock:
            if self._stopped:
                raise SandboxUnavailable("The server is stopping.")
            if self._chosen is None:
                self._chosen = self._choose()
            return self._chosen

    def _choose(self) -> Launcher:
        try:
            sandbox = self._begin()
            sandbox.require_sandbox()
        except NoSandboxHere:
            if not self._plain_allowed or self._stopped:
                raise
            if self._sandbox is not None:
                self._sandbox.stop()
            return PlainLauncher()
        return sandbox

    def _begin(self) -> SandboxLauncher:
        """Raises SandboxUnavailable where not even a folder can be had."""
        if self._sandbox is None:
            self._sandbox = SandboxLauncher(WarmServer(grading_config(self._ground), self._ground.base))
        if self._stopped:  # just before there was anything to stop
            self._sandbox.stop()
        return self._sandbox
