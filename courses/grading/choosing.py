"""Which launcher a grader has: sandboxes where the host gives them, plain processes only where allowed.

Warm processes take a second to start, so the choice is made when the first process is needed. It holds
from then on. That a sandbox fails, then or later, is no reason to do without: only that there can be none.
"""

import shutil
import tempfile
import threading
from pathlib import Path

from courses.errors import NoSandboxHere, SandboxUnavailable
from courses.grading.forked import SandboxLauncher, grading_config
from courses.grading.launching import Child, Launcher, PlainLauncher, Role
from courses.sandbox.warm_server import WarmServer
from courses.services.ports import Limits


class BestLauncher:
    """Implements `launching.Launcher`. `hidden` are paths that no grading may read, `modules` what
    courses import.

    Where there can be no sandbox it raises NoSandboxHere with the reason, unless `plain_allowed`; when one
    cannot be had just now, SandboxUnavailable, and the next call tries again.
    """

    def __init__(
        self, *, plain_allowed: bool, hidden: tuple[Path, ...] = (), modules: tuple[str, ...] = ()
    ) -> None:
        self._plain_allowed = plain_allowed
        self._config = grading_config(tuple(str(path.resolve()) for path in hidden), modules)
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._sandbox: SandboxLauncher | None = None
        self._chosen: Launcher | None = None
        self._stopped = False

    @property
    def needs_fonts(self) -> bool:
        return self._choice().needs_fonts

    def start(self, role: Role, folder: Path, limits: Limits) -> Child:
        return self._choice().start(role, folder, limits)

    def stop(self) -> None:
        """A choice that is being made ends with the warm process that it waits for."""
        self._stopped = True
        if self._sandbox is not None:
            self._sandbox.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _choice(self) -> Launcher:
        with self._lock:
            if self._stopped:
                raise SandboxUnavailable("The server is stopping.")
            if self._chosen is None:
                self._chosen = self._choose()
            return self._chosen

    def _choose(self) -> Launcher:
        if self._sandbox is None:
            self._folder = Path(tempfile.mkdtemp(prefix="stepwise-run-"))
            self._folder.chmod(0o711)
            self._sandbox = SandboxLauncher(WarmServer(self._config, self._folder))
        try:
            self._sandbox.require_sandbox()
        except NoSandboxHere:
            if not self._plain_allowed or self._stopped:
                raise
            self._sandbox.stop()
            return PlainLauncher()
        if self._stopped:  # just before there was anything to stop
            self.stop()
        return self._sandbox
