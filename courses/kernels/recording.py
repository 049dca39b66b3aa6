"""Kernels in sandboxes for authors' notebooks, whose outputs are recorded when a course is published."""

import logging
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager

from courses.errors import SandboxUnavailable
from courses.kernels.provisioner import Forks
from courses.kernels.specs import SPEC, SandboxSpecs
from courses.kernels.warm import PRELOAD
from courses.sandbox.config import Config
from courses.sandbox.ground import Ground
from courses.sandbox.limits import Limits
from courses.sandbox.own_folders import temporary_prefix
from courses.sandbox.warm_server import WarmServer

MakeManager = Callable[[], AsyncKernelManager]
_PACKAGES = str(Path(__file__).parents[2])
_KEPT_SECONDS = 20.0
"""How long a warm process outlives its last kernel: a course has many notebooks and questions."""
log = logging.getLogger("stepwise.kernels")


class RecordingKernels:
    """Forked from warm processes, one for each hash seed, which is the process's; they go when unused.

    Where the machine gives no sandbox, that is logged, and notebooks are the caller's to run.
    """

    def __init__(self, ground: Ground = Ground()) -> None:  # noqa: B008 - it is frozen
        self._ground = ground
        self._lock = threading.Lock()
        self._warm: dict[int, WarmServer] = {}
        self._users: Counter[int] = Counter()
        self._ending: dict[int, threading.Timer] = {}
        self._cache: Path | None = None
        self._worked = self._stopped = False

    @contextmanager
    def open(self, limits: Limits, hash_seed: int) -> Iterator[MakeManager | None]:
        """What makes a kernel's manager, in an event loop; None where there are no sandboxes.

        Raises SandboxUnavailable when one cannot be had where another could.
        """
        with self._used(hash_seed) as warm:
            yield (lambda: _manager(warm, limits)) if self._is_ready(warm) else None

    def stop(self) -> None:
        """For good: what runs is ended."""
        with self._lock:
            self._stopped = True
            running, ending = list(self._warm.values()), list(self._ending.values())
        for timer in ending:
            timer.cancel()
        for warm in running:
            warm.stop()
        if self._cache is not None:
            shutil.rmtree(self._cache, ignore_errors=True)

    def _is_ready(self, warm: WarmServer) -> bool:
        try:
            warm.zygote().wait_ready()
        except SandboxUnavailable as error:
            if self._worked or self._stopped:
                raise
            log.warning("Authors' cells run without a sandbox. %s", error)
            return False
        self._worked = True
        return True

    @contextmanager
    def _used(self, seed: int) -> Iterator[WarmServer]:
        with self._lock:
            if self._stopped:
                raise SandboxUnavailable("The server is stopping.")
            if timer := self._ending.pop(seed, None):
                timer.cancel()
            if seed not in self._warm:
                self._warm[seed] = WarmServer(self._config(seed), self._ground.base)
            self._users[seed] += 1
            warm = self._warm[seed]
        try:
            yield warm
        finally:
            with self._lock:
                self._users[seed] -= 1
                if not self._users[seed] and not self._stopped:
                    self._end_soon(seed)

    def _end_soon(self, seed: int) -> None:
        timer = threading.Timer(_KEPT_SECONDS, self._end, [seed])
        timer.daemon = True
        self._ending[seed] = timer
        timer.start()

    def _end(self, seed: int) -> None:
        with self._lock:
            if self._users[seed] or self._ending.pop(seed, None) is None:
                return  # somebody came just now
            warm = self._warm.pop(seed)
        warm.stop()

    def _config(self, hash_seed: int) -> Config:
        if self._cache is None:
            self._cache = Path(tempfile.mkdtemp(prefix=temporary_prefix("fonts")))
        return Config(
            preload=PRELOAD,
            import_from=(_PACKAGES,),
            hidden=self._ground.hidden_paths,
            hash_seed=hash_seed,
            cache=str(self._cache),
        )


class _Manager(AsyncKernelManager):
    """Of one kernel; its provisioner finds here what to fork it from."""

    warm: Forks
    limits: Limits


def _manager(warm: WarmServer, limits: Limits) -> AsyncKernelManager:
    manager = _Manager(kernel_name=SPEC, kernel_spec_manager=SandboxSpecs())
    manager.warm, manager.limits = warm, limits
    return manager
