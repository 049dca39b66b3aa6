"""The kernel that a session has at a time: its process, its folder and what has been replayed into it."""

import asyncio
from collections.abc import Callable, Iterable
from subprocess import DEVNULL

from jupyter_core.utils import ensure_async

from courses.kernels.environment import KernelFolder, kernel_environment
from courses.kernels.learner_kernels import LearnerKernels
from courses.kernels.notices import DIED, MEMORY
from courses.kernels.replay import Replay
from courses.kernels.run_clock import RunClock
from courses.models.course import CourseFile
from courses.sandbox.lease import Lease

_REPLY_SECONDS = 30
"""That a replayed cell's reply may take, once there has been time to stop the cell."""


class SessionKernel:
    """None at first. `clock` hears what it is at work on."""

    def __init__(self, id_: str, kernels: LearnerKernels, clock: RunClock) -> None:
        self.replay: Replay | None = None
        self._id, self._kernels, self._clock = id_, kernels, clock
        self._folder: KernelFolder | None = None
        self._lease: Lease | None = None
        self._ending = asyncio.Lock()

    async def start(self, files: Iterable[CourseFile], on_death: Callable[[], None]) -> Replay:
        """With nothing replayed yet. What a start leaves that fails, `shutdown` removes."""
        self._lease = None
        folder = self._folder = KernelFolder(files)
        self._kernels.clocks[self._id] = self._clock
        await self._kernels.start_kernel(
            kernel_id=self._id,
            kernel_name=self._kernels.spec,
            env=kernel_environment(folder.path),
            cwd=str(folder.path),
            # Not the server's own, which are its log: what learners' code starts could write into it.
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        self._kernels.add_restart_callback(self._id, on_death, "dead")
        manager = self._kernels.get_kernel(self._id)
        self._lease = getattr(manager.provisioner, "lease", None)
        patience = int(self._clock.seconds + self._clock.mercy + _REPLY_SECONDS)
        replay = self.replay = Replay(manager, patience)
        await replay.connect()
        return replay

    async def alive(self) -> bool:
        if self._id not in self._kernels or self.replay is None:
            return False
        return bool(await ensure_async(self._kernels.get_kernel(self._id).is_alive()))

    async def interrupt(self) -> None:
        if self._id in self._kernels:
            await ensure_async(self._kernels.get_kernel(self._id).interrupt_kernel())

    def has_asked(self, request: str) -> bool:
        """Whether it was the replay that had something run."""
        return self.replay is not None and self.replay.asked(request)

    def cause_of_death(self) -> str:
        """Why it has ended by itself."""
        return MEMORY if self._lease is not None and self._lease.killed_for_memory else DIED

    async def end(self) -> None:
        """Even in the middle of a cell."""
        async with self._ending:
            if self._id in self._kernels:
                await self._kernels.shutdown_kernel(self._id, now=True)

    async def shutdown(self) -> None:
        """End it and remove what it has left."""
        self._kernels.clocks.pop(self._id, None)
        if self.replay is not None:
            self.replay.close()
            self.replay = None
        await self.end()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
