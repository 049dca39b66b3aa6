"""Kernels forked from the warm process, for jupyter_client.

A kernelspec asks for them by the provisioner's name, `stepwise-sandbox`. There is no way from here to a
kernel without a sandbox: where none can be had, starting fails and says why.
"""

import asyncio
import os
import stat
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import List, Unicode

from courses.errors import SandboxUnavailable
from courses.kernels.inside import CHANNELS, FILES
from courses.kernels.limits import MIB
from courses.kernels.relay import Bounds, shared_relay
from courses.kernels.warm import shared_warm
from courses.sandbox import wire
from courses.sandbox.ground import Ground
from courses.sandbox.lease import Lease
from courses.sandbox.limits import Limits
from courses.sandbox.removal import remove
from courses.sandbox.run_folder import check_length

T = TypeVar("T")
NAME = "stepwise-sandbox"
SPEC = "stepwise"
ENTRY = "courses.kernels.inside.kernel:kernel"
_START_SECONDS = 20.0
_BOUNDS = {channel: Bounds(24 * MIB if channel == "iopub" else MIB) for channel in CHANNELS}


class Forks(Protocol):
    """What a provisioner needs of a warm process."""

    def fork(self, entry: str, limits: Limits, *, mounts: dict[str, Path], sockets: bool) -> Lease: ...


class SandboxSpecs(KernelSpecManager):
    """Knows one kernel, Python in a sandbox."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        metadata = {"kernel_provisioner": {"provisioner_name": NAME}}
        spec: KernelSpec = self.kernel_spec_class(
            argv=["python"], display_name="Python 3", language="python", metadata=metadata
        )
        return spec

    def find_kernel_specs(self) -> dict[str, str]:
        return {SPEC: ""}


class SandboxProvisioner(LocalProvisioner):
    """One kernel. Its manager, or the manager of many that this one belongs to, may have the warm process
    as `warm`, and `limits`; without the first, the kernels of this program share one, warm with the `modules`
    that the kernelspec names. Its working folder, if one is named, is shown to it read-only: what it writes
    is in memory.

    The addresses of its sockets stay when the kernel is started anew, so that who is connected is
    connected again.
    """

    process: Any = None
    _has_run = False
    modules = List(Unicode(), help="Modules to be imported once, for all kernels.").tag(config=True)
    run_folder = Unicode(help="Where sockets are; a short path. Empty is the system's place.").tag(
        config=True
    )

    async def pre_launch(self, **given: Any) -> dict[str, Any]:
        self.lease = await self._fork(given.get("cwd"))
        async with self._all_or_nothing():
            await self.lease.closed_off()
            self._settle(self.lease)
            return await super().pre_launch(**given)

    async def launch_kernel(self, cmd: list[str], **_given: Any) -> Any:
        try:
            async with self._all_or_nothing():
                await asyncio.wait_for(self._begin(), _START_SECONDS)
                await self._connect(self.lease)
        except (OSError, EOFError, TimeoutError, SandboxUnavailable) as error:
            raise SandboxUnavailable(f"A kernel did not start in its sandbox: {error!r}") from error
        finally:
            self.lease.payload.close()
        self.process, self.pid, self.pgid = self.lease, self.lease.pid, None
        self._has_run = True
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart)
        if not restart:
            await self._remove_folder()

    @asynccontextmanager
    async def _all_or_nothing(self) -> AsyncIterator[None]:
        """Nobody else cleans up after a start that failed. A kernel that has run keeps its addresses."""
        try:
            yield
        except BaseException:
            await _in_thread(self.lease.close)
            if not self._has_run:
                await self._remove_folder()
            raise

    async def _remove_folder(self) -> None:
        if hasattr(self, "_folder"):
            for place in self._places():
                await shared_relay().close(place)
            await _in_thread(partial(remove, self._folder))

    def _settle(self, lease: Lease) -> None:
        """The addresses that clients use, which stay when the kernel is started anew."""
        manager: Any = self.parent
        assert lease.sockets is not None
        if not hasattr(self, "_folder"):
            self._folder = Path(tempfile.mkdtemp(prefix="k-", dir=lease.sockets.parents[1]))
            check_length(self._folder)
            manager.transport, manager.ip = "ipc", f"{self._folder}/s"
            manager._connection_file_written = False  # it names no addresses yet
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number, channel in enumerate(CHANNELS, 1):
            setattr(manager, f"{channel}_port", number)

    def _places(self) -> list[Path]:
        """Where clients connect."""
        return [self._folder / f"s-{number}" for number in range(1, len(CHANNELS) + 1)]

    async def _connect(self, lease: Lease) -> None:
        """Have the relay take connections for the kernel's sockets.

        They get a second name first, where the kernel cannot put something else in their place. It may write
        in the folder of its sockets, and a link there to another kernel's would lead to that one instead.
        """
        assert lease.sockets is not None
        lease.take_sockets()
        for channel, place in zip(CHANNELS, self._places(), strict=True):
            theirs, kernel = lease.sockets / place.name, self._folder / f"k{place.name}"
            if not stat.S_ISSOCK(theirs.lstat().st_mode):
                raise SandboxUnavailable(f"{theirs} is no socket.")
            kernel.unlink(missing_ok=True)
            os.link(theirs, kernel, follow_symlinks=False)
            if not place.exists():
                await shared_relay().listen(place, kernel, _BOUNDS[channel])

    async def _fork(self, files: Any) -> Lease:
        mounts = {FILES: Path(files)} if files else {}
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

    async def _begin(self) -> None:
        """Tell the kernel who it is, and wait until its sockets are there. Keys travel only here."""
        info = {k: v.decode() if isinstance(v, bytes) else v for k, v in self.connection_info.items()}
        self.lease.payload.settimeout(_START_SECONDS)
        await _in_thread(partial(wire.send, self.lease.payload, info))
        await _in_thread(partial(wire.receive, self.lease.payload))


def _in_thread(work: Callable[[], T]) -> "asyncio.Future[T]":
    return asyncio.get_running_loop().run_in_executor(None, work)


def _let_go(forking: "asyncio.Future[Lease]") -> None:
    """Of a child that came when nobody was waiting for it any more."""
    if not forking.cancelled() and forking.exception() is None:
        _in_thread(forking.result().close)
