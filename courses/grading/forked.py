"""Grading processes that are forked from a warm one, each in a sandbox of its own.

A child's folder is in its own memory: it reads the course's files where they are mounted, and what a
submission prints goes to a memory file that the server made, so that it is there however the run ends.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import asdict
from pathlib import Path

from courses.errors import NoSandboxHere, SandboxLost
from courses.grading.inside.frames import Channel
from courses.grading.launching import Role, Share
from courses.grading.process_tree import count_descendants, has_living_descendants, is_stopped
from courses.grading.room import sandbox_limits
from courses.sandbox import wire
from courses.sandbox.client import Zygote
from courses.sandbox.config import Config
from courses.sandbox.ground import Ground
from courses.sandbox.lease import Lease
from courses.sandbox.limits import Limits as SandboxLimits
from courses.sandbox.warm_server import WarmServer
from courses.sandbox.watchdog import PATIENCE
from courses.services.ports import Limits

ENTRY = "courses.grading.inside.entry:serve_lease"
_INSIDE = (
    *("answers", "chance", "comparisons", "confine", "entry", "examination", "examiner", "exchange"),
    *("figures", "folders", "frames", "handles", "misfits", "naming", "notebook_shell", "operations"),
    *("parameters", "prefix", "remote", "run", "streams", "subject", "tables", "tracebacks", "wire"),
)
_LIBRARIES = ("IPython.core.inputtransformer2", "numpy", "pandas", "matplotlib.pyplot")
_RESERVE = 4
"""For two checks, each of which needs two."""
_RESTING_SECONDS = 2.0
_ENDING_SECONDS = PATIENCE + 2.0
_WEIGHTS: dict[Share, int] = {"ordinary": SandboxLimits().cpu_weight, "small": 5}


def grading_config(ground: Ground = Ground()) -> Config:  # noqa: B008 - it is frozen
    """A warm process for gradings."""
    inside = tuple(f"courses.grading.inside.{name}" for name in _INSIDE)
    return Config(
        preload=(*_LIBRARIES, *inside),
        tried=ground.modules,
        hidden=ground.hidden_paths,
        hash_seed=0,
        reserve=_RESERVE,
        cache=ground.cache_path,
    )


class SandboxLauncher:
    """Implements `launching.Launcher`. Raises SandboxUnavailable where no sandbox can be had."""

    needs_fonts = False

    def __init__(self, warm: WarmServer) -> None:
        self._warm = warm

    def start(self, role: Role, folder: Path, limits: Limits) -> "SandboxChild":
        zygote = self.require_sandbox()
        files = folder / "files"
        with contextlib.ExitStack() as undo:
            printed = os.memfd_create("printed")
            undo.callback(os.close, printed)
            lease = zygote.fork(ENTRY, sandbox_limits(limits), mounts={"files": files})
            undo.callback(lease.close)
            try:
                wire.send(lease.payload, {"role": role, "limits": asdict(limits)}, (printed,))
            except OSError:
                raise SandboxLost("The warm process has ended.") from None
            undo.pop_all()
        return SandboxChild(lease, printed)

    def require_sandbox(self) -> Zygote:
        """A warm process whose children are closed off. Raises SandboxUnavailable, or NoSandboxHere."""
        zygote = self._warm.zygote()
        layers = zygote.wait_ready().layers
        if not layers.closed:
            reasons = " ".join(str(lack) for lack in layers.lacking)
            raise NoSandboxHere(f"This machine gives no sandbox. {reasons}".strip())
        return zygote

    def warm_up(self) -> None:
        """Have the warm process begin, and return at once. Raises SandboxUnavailable."""
        self._warm.zygote()

    def stop(self) -> None:
        self._warm.stop()


class SandboxChild:
    can_rest = True

    def __init__(self, lease: Lease, printed: int) -> None:
        self.channel = Channel(lease.payload)
        self._lease, self._printed = lease, printed
        self._killing = threading.Lock()
        self._killed = False

    def processes(self, most: int) -> int:
        self._lease.poll()
        return count_descendants(self._lease.pid, most) if self._lease.pid else 0

    def kill(self) -> None:
        with self._killing:
            if not self._killed:
                self._killed = True
                self._lease.kill()

    def end(self) -> None:
        self.kill()
        self._lease.close()
        if self._printed >= 0:
            os.close(self._printed)
            self._printed = -1

    def printed(self, limit: int) -> str:
        """What the first run has printed, as far as it got."""
        return os.pread(self._printed, limit, 0).decode("utf-8", "replace")

    def lost(self) -> bool:
        """Also when its sandbox could not be closed: then it has run nothing.

        A warm process that lives tells how its child has ended, and one that hangs is ended meanwhile.
        """
        self.kill()
        if self._lease.error:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._lease.wait(_ENDING_SECONDS)
        return self._lease.orphaned or self._lease.poll() is None

    def ran_out_of_memory(self) -> bool:
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._lease.wait(_ENDING_SECONDS)
        return self._lease.memory_kills > 0

    def rest(self) -> bool:
        """A process that is stopped starts no other: when there is none below it then, there will be none."""
        self._lease.send_signal(signal.SIGSTOP)
        until = time.monotonic() + _RESTING_SECONDS
        while self._lease.poll() is None and self._lease.pid and time.monotonic() < until:
            if is_stopped(self._lease.pid):
                return not has_living_descendants(self._lease.pid)
            time.sleep(0.005)
        return False

    def wake(self) -> None:
        self._lease.send_signal(signal.SIGCONT)

    def weigh(self, share: Share) -> None:
        self._lease.weigh(_WEIGHTS[share])
