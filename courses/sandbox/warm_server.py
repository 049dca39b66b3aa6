"""A warm process that is there when it is needed: when it has ended, the next use starts another."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path

from courses.errors import SandboxUnavailable
from courses.sandbox.client import Zygote
from courses.sandbox.config import Config
from courses.sandbox.lease import Lease
from courses.sandbox.limits import Limits

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_STEADY = 10.0
"""Seconds after which an end is no sign of another one soon."""


class WarmServer:
    """Every method may be called from any thread."""

    def __init__(self, config: Config, run_folder: Path) -> None:
        self._config, self._run_folder = config, run_folder
        self._lock = threading.Lock()
        self._zygote: Zygote | None = None
        self._started = self._pause = 0.0
        self._stopped = False
        self.ended = 0
        """How many have ended by themselves."""

    def zygote(self) -> Zygote:
        """A living one, perhaps not ready yet.

        Raises SandboxUnavailable while they keep ending, NoSandboxHere when the last one said so.
        """
        with self._lock:
            if self._stopped:
                raise SandboxUnavailable("The server is stopping.")
            if self._zygote is None or not self._zygote.alive():
                if self._zygote is not None:
                    self._zygote.raise_if_none_here()
                self._zygote = self._another()
            return self._zygote

    def fork(
        self,
        entry: str,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
        *,
        mounts: Mapping[str, Path] | None = None,
        sockets: bool = False,
    ) -> Lease:
        """As `Zygote.fork`."""
        return self.zygote().fork(entry, limits, mounts=mounts, sockets=sockets)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._zygote is not None:
                self._zygote.stop()

    def _another(self) -> Zygote:
        now = time.monotonic()
        if self._zygote is not None:
            self._zygote.stop()
            self._zygote = None
            self.ended += 1
            steady = now - self._started > _STEADY
            self._pause = 0.0 if steady else min(max(2 * self._pause, _FIRST_PAUSE), _LONGEST_PAUSE)
        if now - self._started < self._pause:
            raise SandboxUnavailable("The warm process for sandboxes keeps ending. Another try follows soon.")
        self._started = now
        return Zygote(self._config, self._run_folder).start()
