"""Kernels in sandboxes for authors' notebooks, whose outputs are recorded when a course is published."""

import logging
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager

from courses.errors import SandboxUnavailable
from courses.kernels.provisioner import SPEC, Forks, SandboxSpecs
from courses.kernels.warm import PRELOAD
from courses.sandbox.client import Zygote
from courses.sandbox.config import Config
from courses.sandbox.ground import Ground
from courses.sandbox.limits import Limits

MakeManager = Callable[[], AsyncKernelManager]
_PACKAGES = str(Path(__file__).parents[2])
log = logging.getLogger("stepwise.kernels")


class RecordingKernels:
    """Every notebook has a warm process of its own, for the hash seed is the process's.

    Where the machine gives no sandbox, that is logged, and notebooks are the caller's to run.
    """

    def __init__(self, ground: Ground = Ground()) -> None:  # noqa: B008 - it is frozen
        self._ground = ground
        self._lock = threading.Lock()
        self._running: set[Zygote] = set()
        self._cache: Path | None = None
        self._worked = self._stopped = False

    @contextmanager
    def open(self, limits: Limits, hash_seed: int) -> Iterator[MakeManager | None]:
        """What makes a kernel's manager, in an event loop; None where there are no sandboxes.

        Raises SandboxUnavailable when one cannot be had where another could.
        """
        warm = self._start(hash_seed)
        if warm is None:
            yield None
            return
        try:
            yield lambda: _manager(warm, limits)
        finally:
            warm.stop()
            with self._lock:
                self._running.discard(warm)

    def stop(self) -> None:
        """For good: what runs is ended."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for warm in running:
            warm.stop()
        if self._cache is not None:
            shutil.rmtree(self._cache, ignore_errors=True)

    def _start(self, hash_seed: int) -> Zygote | None:
        if self._stopped:
            raise SandboxUnavailable("The server is stopping.")
        try:
            warm = Zygote(self._config(hash_seed), self._ground.base).start()
            with self._lock:
                self._running.add(warm)
                stopped = self._stopped
            if stopped:
                warm.stop()
                raise SandboxUnavailable("The server is stopping.")
            warm.wait_ready()
        except SandboxUnavailable as error:
            if self._worked or self._stopped:
                raise
            log.warning("Authors' cells run without a sandbox. %s", error)
            return None
        self._worked = True
        return warm

    def _config(self, hash_seed: int) -> Config:
        with self._lock:
            if self._cache is None:
                self._cache = Path(tempfile.mkdtemp(prefix="stepwise-fonts-"))
            cache = str(self._cache)
        return Config(
            preload=PRELOAD,
            import_from=(_PACKAGES,),
            hidden=self._ground.hidden_paths,
            hash_seed=hash_seed,
            cache=cache,
        )


class _Manager(AsyncKernelManager):
    """Of one kernel; its provisioner finds here what to fork it from."""

    warm: Forks
    limits: Limits


def _manager(warm: Zygote, limits: Limits) -> AsyncKernelManager:
    manager = _Manager(kernel_name=SPEC, kernel_spec_manager=SandboxSpecs())
    manager.warm, manager.limits = warm, limits
    return manager
