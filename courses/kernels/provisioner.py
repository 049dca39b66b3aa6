"""Kernels forked from the warm process, for jupyter_client.

A kernelspec asks for them by the provisioner's name, `stepwise-sandbox`. There is no way from here to a
kernel without a sandbox: where none can be had, starting fails and says why.
"""

import asyncio
import logging
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import List, Unicode

from courses.errors import SandboxLost, SandboxUnavailable
from courses.kernels.addresses import Addresses
from courses.kernels.inside import CHANNELS, FILES
from courses.kernels.warm import shared_warm
from courses.sandbox import wire
from courses.sandbox.ground import Ground
from courses.sandbox.lease import LOST, Lease
from courses.sandbox.limits import Limits

T = TypeVar("T")
Work = Callable[[], Awaitable[None]]
ENTRY = "courses.kernels.inside.kernel:kernel"
_START_SECONDS = 20.0
_HEARING_SECONDS = 2.0
log = logging.getLogger("stepwise.kernels")


class Forks(Protocol):
    """What a provisioner needs of a warm process."""

    def fork(self, entry: str, limits: Limits, *, mounts: dict[str, Path], sockets: bool) -> Lease: ...


class SandboxProvisioner(LocalProvisioner):
    """One kernel. Its manager, or the manager of many that this one belongs to, may have the warm process
    as `warm`, and `limits`; without the first, the kernels of this program share one, warm with the `modules`
    that the kernelspec names. Its working folder, if one is named, is shown to it read-only: what it writes
    is in memory.

    A start whose process is killed from outside, or loses its warm process, is tried once more.
    """

    process: Any = None
    lease: Lease
    modules = List(Unicode(), help="Modules to be imported once, for all kernels.").tag(config=True)
    run_folder = Unicode(help="Where sockets are; a short path. Empty is the system's place.").tag(
        config=True
    )
    _addresses: Addresses | None = None
    _files: Any = None
    _tried_again = _has_run = False

    async def pre_launch(self, **given: Any) -> dict[str, Any]:
        self._files, self._tried_again = given.get("cwd"), False
        await self._again_when_lost(self._enter, self._enter)
        async with self._all_or_nothing():
            self._settle()
            return await super().pre_launch(**given)

    async def launch_kernel(self, cmd: list[str], **_given: Any) -> Any:
        await self._again_when_lost(self._begin, self._begin_anew)
        self.process, self.pid, self.pgid = self.lease, self.lease.pid, None
        self._has_run = True
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart)
        if not restart and self._addresses is not None:
            await self._addresses.remove()

    async def _again_when_lost(self, work: Work, again: Work) -> None:
        """Once a start."""
        try:
            await work()
        except SandboxLost as error:
            if self._tried_again:
                raise
            self._tried_again = True
            log.warning("a kernel's start is tried once more: %s", error)
            await again()

    @asynccontextmanager
    async def _all_or_nothing(self) -> AsyncIterator[None]:
        """Nobody else cleans up after a start that failed. A kernel that has run keeps its addresses."""
        try:
            yield
        except BaseException:
            await _in_thread(self.lease.close)
            if not self._has_run and self._addresses is not None:
                await self._addresses.remove()
            raise

    async def _enter(self) -> None:
        """Have a process in a sandbox that is closed."""
        self.lease = await self._fork()
        async with self._all_or_nothing():
            await self.lease.closed_off()

    def _settle(self) -> None:
        """The addresses that clients use, which stay when the kernel is started anew."""
        manager: Any = self.parent
        assert self.lease.sockets is not None
        if self._addresses is None:
            self._addresses = Addresses(self.lease.sockets.parents[1])
            manager.transport, manager.ip = "ipc", self._addresses.ip
            manager._connection_file_written = False  # it names no addresses yet
        self._addresses.make()
        for number, channel in enumerate(CHANNELS, 1):
            setattr(manager, f"{channel}_port", number)

    async def _begin(self) -> None:
        """Have the kernel run."""
        assert self._addresses is not None
        try:
            async with self._all_or_nothing():
                await asyncio.wait_for(self._introduce(), _START_SECONDS)
                await self._addresses.connect(self.lease)
        except SandboxLost:
            raise
        except (OSError, EOFError, TimeoutError, SandboxUnavailable) as error:
            raise SandboxUnavailable(f"A kernel did not start in its sandbox: {error!r}") from error
        finally:
            self.lease.payload.close()

    async def _begin_anew(self) -> None:
        """In another process."""
        await self._enter()
        self._settle()
        await self._begin()

    async def _introduce(self) -> None:
        """Tell the kernel who it is, and wait until its sockets are there. Keys travel only here."""
        info = {k: v.decode() if isinstance(v, bytes) else v for k, v in self.connection_info.items()}
        self.lease.payload.settimeout(_START_SECONDS)
        try:
            await _in_thread(partial(wire.send, self.lease.payload, info))
            await _in_thread(partial(wire.receive, self.lease.payload))
        except (ConnectionError, EOFError) as error:
            if await self._was_killed():
                raise SandboxLost("A kernel's process was killed while it was starting.") from error
            raise

    async def _was_killed(self) -> bool:
        """From outside, and not because it ended by itself or wanted too much memory."""
        with suppress(subprocess.TimeoutExpired):
            return await self.lease.ended(_HEARING_SECONDS) == LOST and not self.lease.killed_for_memory
        return False

    async def _fork(self) -> Lease:
        mounts = {FILES: Path(self._files)} if self._files else {}
        fork = partial(self._warm.fork, ENTRY, self._limits, mounts=mounts, sockets=True)
        forking = _in_thread(fork)
        try:
            return await asyncio.shield(forking)
        except asyncio.CancelledError:
            forking.add_done_callback(_let_go)
            raise

    @property
    def _limits(self) -> Limits:
        """Those of the manager, if it has any."""
        found = next((place.limits for place in self._managers if hasattr(place, "limits")), Limits())
        assert isinstance(found, Limits)
        return found

    @property
    def _managers(self) -> tuple[Any, ...]:
        return self.parent, getattr(self.parent, "parent", None)

    @property
    def _warm(self) -> Forks:
        warm = next((place.warm for place in self._managers if getattr(place, "warm", None)), None)
        if warm is None:
            run_folder = Path(self.run_folder) if self.run_folder else None
            warm = shared_warm(Ground(modules=tuple(self.modules), run_folder=run_folder))
        found: Forks = warm
        return found


def _in_thread(work: Callable[[], T]) -> "asyncio.Future[T]":
    return asyncio.get_running_loop().run_in_executor(None, work)


def _let_go(forking: "asyncio.Future[Lease]") -> None:
    """Of a child that came when nobody was waiting for it any more."""
    if not forking.cancelled() and forking.exception() is None:
        _in_thread(forking.result().close)
