"""The two ways to start a kernel that are compared: Jupyter's, and the one that `stepwise serve` takes."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from queue import Empty
from subprocess import DEVNULL
from typing import Any
from uuid import uuid4

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from benchmarks.work import FIRST_WORDS
from courses.app import KERNEL_CONFIG
from courses.errors import SandboxUnavailable
from courses.kernels.environment import KernelFolder, kernel_environment
from courses.kernels.learner_kernels import LearnerKernels
from courses.kernels.specs import SPEC
from courses.kernels.warm import warm_kernels

SECONDS = 60


@dataclass
class Kernel:
    """A kernel that has answered. `moments` are seconds since its start was asked for."""

    client: AsyncKernelClient
    pid: int
    moments: dict[str, float]

    async def run(self, code: str) -> None:
        """Returns with the reply, and raises RuntimeError when the code did."""
        reply = await _reply(self.client, self.client.execute(code))
        if reply["content"]["status"] != "ok":
            raise RuntimeError(f"{code!r} raised {reply['content'].get('evalue')}")


@dataclass(frozen=True)
class KernelMaker:
    """Starts kernels of one kind, with a manager as the server has it."""

    manager: AsyncMappingKernelManager
    spec: str

    @asynccontextmanager
    async def kernels(self, count: int) -> AsyncIterator[list[Kernel]]:
        """So many at once; all have answered. They end with the block."""
        ids = [str(uuid4()) for _ in range(count)]
        with ExitStack() as folders:
            starts = [asyncio.create_task(self._start(id_, folders)) for id_ in ids]
            try:
                yield await asyncio.gather(*starts)
            finally:
                for start in starts:
                    start.cancel()
                await asyncio.gather(*starts, return_exceptions=True)
                running = [id_ for id_ in ids if id_ in self.manager]
                await asyncio.gather(*(self.manager.shutdown_kernel(id_, now=True) for id_ in running))

    async def _start(self, id_: str, folders: ExitStack) -> Kernel:
        moments, began = {}, time.perf_counter()
        await self.manager.start_kernel(kernel_id=id_, kernel_name=self.spec, **self._place(folders))
        moments["started"] = time.perf_counter() - began
        manager: Any = self.manager.get_kernel(id_)
        kernel = Kernel(manager.client(), manager.provisioner.pid, moments)
        folders.callback(kernel.client.stop_channels)
        kernel.client.start_channels()
        await _reply(kernel.client, kernel.client.kernel_info())
        moments["answered"] = time.perf_counter() - began
        await kernel.run(FIRST_WORDS)
        moments["ran"] = time.perf_counter() - began
        return kernel

    def _place(self, folders: ExitStack) -> dict[str, Any]:
        """What a learner's kernel is given; Jupyter's gets what Jupyter gives. Neither prints here."""
        silent = {"stdin": DEVNULL, "stdout": DEVNULL, "stderr": DEVNULL}
        if self.spec != SPEC:
            return silent
        folder = KernelFolder(())
        folders.callback(folder.cleanup)
        return {**silent, "env": kernel_environment(folder.path), "cwd": str(folder.path)}


@contextmanager
def our_kernels() -> Iterator[KernelMaker]:
    """Forked from a warm process. Raises SandboxUnavailable: no other kernels are measured as ours."""
    warm = warm_kernels()
    try:
        layers = warm.zygote().wait_ready().layers
        if not layers.closed:
            raise SandboxUnavailable(f"This machine gives no sandbox: {layers}")
        with tempfile.TemporaryDirectory(prefix="stepwise-") as sockets:
            kernels = LearnerKernels(connection_dir=sockets, config=KERNEL_CONFIG).in_sandboxes(warm)
            yield KernelMaker(kernels, kernels.spec)
    finally:
        warm.stop()


@contextmanager
def stock_kernels() -> Iterator[KernelMaker]:
    """ipykernel, of the same version and in the same environment, as a Jupyter server starts it.

    Over Unix sockets as ours: when thirty start at once over TCP, some find their ports taken.
    """
    with tempfile.TemporaryDirectory(prefix="stock-") as files:
        manager = AsyncMappingKernelManager(connection_dir=files, config=KERNEL_CONFIG)
        yield KernelMaker(manager, "python3")


async def _reply(client: AsyncKernelClient, message: str) -> dict[str, Any]:
    """Raises TimeoutError for a kernel that does not answer."""
    try:
        async with asyncio.timeout(SECONDS):
            while True:
                reply: dict[str, Any] = await client.get_shell_msg(timeout=SECONDS)
                if reply["parent_header"].get("msg_id") == message:
                    return reply
    except (TimeoutError, Empty):
        raise TimeoutError(f"A kernel did not answer within {SECONDS} s.") from None
