"""One learner's chapter at run time: the life of its kernel, and who is told of it.

A session outlives its kernel. When the kernel dies or is culled the next use starts another with the
same id and replays the chapter's code so far, so that variables exist again. Pages follow a session by
its version, which grows with every change.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from subprocess import DEVNULL
from typing import Any, Literal
from uuid import uuid4

from jupyter_core.utils import ensure_async
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from courses.errors import SandboxUnavailable
from courses.kernels.environment import KernelFolder, kernel_environment
from courses.kernels.learner_kernels import LearnerKernels
from courses.kernels.notices import DIED, FULL, MEMORY, REBUILT, SLOW, STUBBORN, UNAVAILABLE
from courses.kernels.pages import Pages
from courses.kernels.replay import Replay
from courses.kernels.run_clock import RunClock
from courses.sandbox.lease import Lease
from courses.services.replay_plan import ReplayPlan

State = Literal["off", "starting", "ready", "lost"]
START_TIMEOUT = 60
_REPLY_SECONDS = 30
"""That a replayed cell's reply may take, once there has been time to stop the cell."""
_REMEMBERED = 20
log = logging.getLogger("stepwise.kernels")


class NoRoom(Exception):
    """No kernel can be had until another one ends."""


class ChapterSession:
    """Not thread-safe: it lives in the server's event loop."""

    def __init__(
        self,
        id_: str,
        kernels: LearnerKernels,
        plan: Callable[[], Awaitable[ReplayPlan]],
        make_room: Callable[[], None],
        run_limit: float,
    ) -> None:
        """`make_room` is called before each start of a kernel; it may raise NoRoom."""
        self.id = id_
        self.epoch = uuid4().hex
        """Versions of one session are comparable, those of two are not: a restarted server has new ones."""
        self.state: State = "off"
        self.notice = ""
        self.warning = ""
        """What is amiss with a kernel that runs."""
        self.too_long: list[str] = []
        """The ids of requests that were stopped because they ran too long, the last few."""
        self.clock = RunClock(run_limit, self._too_long, self._stubborn)
        self.version = 0
        self.generation = 0
        self.outputs: dict[str, list[dict[str, Any]]] = {}
        """Of the visible cells; they outlive the kernel, for a page that is still open."""
        self.used = time.monotonic()
        self.seen = self.used
        """When a page last asked for news or was connected. Monotonic, as `used` is."""
        self._kernels = kernels
        self._plan = plan
        self._make_room = make_room
        self._replay: Replay | None = None
        self._stops = 0
        """Calls of `stop` that have begun: what brings a kernel up gives way to them."""
        self._syncs_next = False
        """Whether a sync waits for the one that runs."""
        self._waiting = 0
        self._lock, self._ending = asyncio.Lock(), asyncio.Lock()
        self._changed = asyncio.Event()
        self._folder: KernelFolder | None = None
        self._lease: Lease | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._pages = Pages()

    def attach(self, close: Callable[[], None], page: str) -> None:
        """Give a page's connection to the kernel its place. Raises TooManyPages.

        `close` ends it when the kernel goes, or when the same page connects anew.
        """
        was = self.crowded
        self._pages.enter(close, page)
        self._tell_if_crowded(was)

    def detach(self, close: Callable[[], None]) -> None:
        """Forget a page's connection."""
        self.seen, was = time.monotonic(), self.crowded
        self._pages.leave(close)
        self._tell_if_crowded(was)
        if not self._pages:
            self.clock.resume()

    @property
    def followed(self) -> bool:
        """Whether somebody waits for news at this moment, as an open page does."""
        return self._waiting > 0

    @property
    def crowded(self) -> bool:
        """Whether no other page can be connected."""
        return self._pages.full

    def _tell_if_crowded(self, was: bool) -> None:
        if self.crowded != was:
            self._move(self.state, self.notice)

    def forgettable(self, before: float) -> bool:
        """Whether there is no kernel, and nobody has used or looked at it since `before`."""
        idle = not (self.has_kernel or self._tasks or self._lock.locked() or self._stops)
        return idle and not (self._pages or self.followed) and max(self.used, self.seen) <= before

    async def sync(self) -> None:
        """Bring a live kernel to where the learner is: start it if need be, run what has not run yet."""
        self.used = time.monotonic()
        async with self._lock:
            await self._sync()

    def sync_soon(self) -> None:
        """Begin to sync and do not wait for it. One that has not begun yet does for all who ask."""
        self.used = time.monotonic()
        if not self._syncs_next:
            self._syncs_next = True
            self._background(self._sync_next())

    async def _sync_next(self) -> None:
        async with self._lock:
            self._syncs_next = False
            await self._sync()

    async def _sync(self) -> None:
        plan = await self._plan()
        try:
            await self._bring_up(plan)
        except Exception as error:  # whatever kept the kernel from starting, its place is free again
            if not self._stops:  # who stops it knows why
                await self._shutdown()
                self._move("lost", self._reason(error))

    async def _bring_up(self, plan: ReplayPlan) -> None:
        if self._stops:
            return
        rebuilt = self.generation > 0
        replay = self._replay if await self._alive() else None
        replay = replay or await self._start(plan)
        for cell in plan.cells:
            if self._stops:
                return
            if await replay.run(cell):
                self._move(self.state, self.notice)
        if self.state == "starting" and not self._stops:
            self._move("ready", REBUILT if rebuilt else "")

    def _reason(self, error: Exception) -> str:
        """Why there is no kernel."""
        match error:
            case DeadKernelError():
                return self._cause()
            case CellTimeoutError():  # the kernel said that it had ended, or the clock would have stopped it
                log.warning("kernel %s: a replayed cell never ended", self.id)
                return STUBBORN
            case NoRoom():
                return FULL
            case SandboxUnavailable():
                log.error("no kernel: %s", error)
                return UNAVAILABLE
        log.error("kernel %s did not start", self.id, exc_info=error)
        return DIED

    async def when_ready(self) -> bool:
        """Whether there is a kernel to talk to, once one that is being started is there. Starts none."""
        self.used = time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_TIMEOUT):
                while self.state == "starting":
                    await self.wait(self.version, START_TIMEOUT)
        return self.state == "ready" and await self._alive()

    def touch(self) -> None:
        """The learner is at work."""
        self.used = time.monotonic()

    async def wait(self, version: int, seconds: float) -> None:
        """Return when the session has moved past `version`, or after `seconds`."""
        if self.version > version:
            return
        self._waiting += 1
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)
        finally:
            self._waiting -= 1
            self.seen = time.monotonic()

    async def interrupt(self) -> None:
        if self.id in self._kernels:
            await ensure_async(self._kernels.get_kernel(self.id).interrupt_kernel())

    @property
    def has_kernel(self) -> bool:
        """Whether there is a kernel, or about to be one."""
        return self.state in ("starting", "ready")

    @property
    def at_work(self) -> bool:
        """Whether its kernel is needed just now."""
        return self.state == "starting" or self.clock.at_work

    def make_way(self, notice: str) -> None:
        """Give the kernel up for another session's, without waiting until it is gone."""
        self._move("off", notice)
        self._stops += 1
        self._background(self._stop(notice, "off"))

    async def stop(self, notice: str = "", state: State = "off") -> None:
        """Shut the kernel down, even in the middle of a cell; the session can start another."""
        self._stops += 1
        await self._stop(notice, state)

    async def _stop(self, notice: str, state: State) -> None:
        """Comes after what was asked for before, which it makes short: the kernel ends at once, so what
        runs in it fails. And it comes before what is asked for later.
        """
        try:
            ending = asyncio.ensure_future(self._end_kernel())
            async with self._lock:
                await ending
                await self._shutdown()
                self._move(state, notice)
        finally:
            self._stops -= 1

    async def _alive(self) -> bool:
        if self.id not in self._kernels or self._replay is None:
            return False
        return bool(await ensure_async(self._kernels.get_kernel(self.id).is_alive()))

    async def _start(self, plan: ReplayPlan) -> Replay:
        await self._shutdown()
        self._make_room()
        self.warning, self.too_long, self._lease = "", [], None
        self._move("starting", "")
        folder = KernelFolder(plan.files)
        self._folder = folder
        environment = kernel_environment(folder.path)
        self._kernels.clocks[self.id] = self.clock
        await self._kernels.start_kernel(
            kernel_id=self.id,
            kernel_name=self._kernels.spec,
            env=environment,
            cwd=str(folder.path),
            # Not the server's own, which are its log: what learners' code starts could write into it.
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        self._kernels.add_restart_callback(self.id, self._on_death, "dead")
        manager = self._kernels.get_kernel(self.id)
        self._lease = getattr(manager.provisioner, "lease", None)
        patience = int(self.clock.seconds + self.clock.mercy + _REPLY_SECONDS)
        replay = self._replay = Replay(manager, patience)
        await replay.connect()
        if not self._stops:
            self.generation += 1
            self.outputs = replay.outputs
        return replay

    def _on_death(self) -> None:
        self._background(self.stop(self._cause(), "lost"))

    def _cause(self) -> str:
        """Why the kernel has ended by itself."""
        return MEMORY if self._lease is not None and self._lease.killed_for_memory else DIED

    def _too_long(self, request: str) -> None:
        """Whoever asked for it is told, then it is stopped."""
        log.info("kernel %s: stopping what has run for %s s", self.id, self.clock.seconds)
        if self._replay is not None and self._replay.asked(request):
            self.warning = SLOW
        else:
            self.too_long = [*self.too_long, request][-_REMEMBERED:]
        self._move(self.state, self.notice)
        self._background(self.interrupt())

    def _stubborn(self) -> None:
        self._background(self.stop(STUBBORN, "lost"))

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _shutdown(self) -> None:
        self.clock.close()
        self._kernels.clocks.pop(self.id, None)
        self._pages.close_all()
        if self._replay is not None:
            self._replay.close()
            self._replay = None
        await self._end_kernel()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def _end_kernel(self) -> None:
        async with self._ending:
            if self.id in self._kernels:
                await self._kernels.shutdown_kernel(self.id, now=True)

    def _move(self, state: State, notice: str) -> None:
        self.state, self.notice = state, notice
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()
