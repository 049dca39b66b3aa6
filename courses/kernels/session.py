"""One learner's chapter at run time: when its kernel comes and goes, and in what order.

A session outlives its kernel. When the kernel dies or is culled the next use starts another with the
same id and replays the chapter's code so far, so that variables exist again.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from courses.kernels.followed import Followed, State
from courses.kernels.learner_kernels import LearnerKernels
from courses.kernels.no_kernel import notice_of
from courses.kernels.notices import REBUILT, SLOW, STUBBORN
from courses.kernels.replay import Replay
from courses.kernels.run_clock import RunClock
from courses.kernels.session_kernel import SessionKernel
from courses.services.replay_plan import ReplayPlan

START_TIMEOUT = 60
_REMEMBERED = 20
log = logging.getLogger("stepwise.kernels")


class ChapterSession(Followed):
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
        super().__init__(RunClock(run_limit, self._too_long, self._stubborn))
        self.id = id_
        self.warning = ""
        """What is amiss with a kernel that runs."""
        self.too_long: list[str] = []
        """The ids of requests that were stopped because they ran too long, the last few."""
        self.generation = 0
        self.outputs: dict[str, list[dict[str, Any]]] = {}
        """Of the visible cells; they outlive the kernel, for a page that is still open."""
        self.used = time.monotonic()
        self._kernel = SessionKernel(id_, kernels, self.clock)
        self._plan = plan
        self._make_room = make_room
        self._stops = 0
        """Calls of `stop` that have begun: what brings a kernel up gives way to them."""
        self._syncs_next = False
        """Whether a sync waits for the one that runs."""
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

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

    async def when_ready(self) -> bool:
        """Whether there is a kernel to talk to, once one that is being started is there. Starts none."""
        self.used = time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_TIMEOUT):
                while self.state == "starting":
                    await self.wait(self.version, START_TIMEOUT)
        return self.state == "ready" and await self._kernel.alive()

    def touch(self) -> None:
        """The learner is at work."""
        self.used = time.monotonic()

    async def interrupt(self) -> None:
        await self._kernel.interrupt()

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

    async def _sync_next(self) -> None:
        async with self._lock:
            self._syncs_next = False
            await self._sync()

    async def _sync(self) -> None:
        try:
            plan = await self._plan()
        except Exception as error:  # the database may be away; what runs already goes on
            cause = notice_of(error, self.id, self._kernel.cause_of_death())
            if not await self._kernel.alive():
                self._move("lost", cause)
            return
        try:
            await self._bring_up(plan)
        except Exception as error:  # whatever kept the kernel from starting, its place is free again
            if not self._stops:  # who stops it knows why
                await self._shutdown()
                self._move("lost", notice_of(error, self.id, self._kernel.cause_of_death()))

    async def _bring_up(self, plan: ReplayPlan) -> None:
        if self._stops:
            return
        rebuilt = self.generation > 0
        replay = self._kernel.replay if await self._kernel.alive() else None
        replay = replay or await self._start(plan)
        for cell in plan.cells:
            if self._stops:
                return
            if await replay.run(cell):
                self._move(self.state, self.notice)
        if self.state == "starting" and not self._stops:
            self._move("ready", REBUILT if rebuilt else "")

    async def _start(self, plan: ReplayPlan) -> Replay:
        await self._shutdown()
        self._make_room()
        self.warning, self.too_long = "", []
        self._move("starting", "")
        replay = await self._kernel.start(plan.files, self._on_death)
        if not self._stops:
            self.generation += 1
            self.outputs = replay.outputs
        return replay

    async def _stop(self, notice: str, state: State) -> None:
        """Comes after what was asked for before, which it makes short: the kernel ends at once, so what
        runs in it fails. And it comes before what is asked for later.
        """
        try:
            ending = asyncio.ensure_future(self._kernel.end())
            async with self._lock:
                await ending
                await self._shutdown()
                self._move(state, notice)
        finally:
            self._stops -= 1

    async def _shutdown(self) -> None:
        self.clock.close()
        self._pages.close_all()
        await self._kernel.shutdown()

    def _on_death(self) -> None:
        self._background(self.stop(self._kernel.cause_of_death(), "lost"))

    def _too_long(self, request: str) -> None:
        """Whoever asked for it is told, then it is stopped."""
        log.info("kernel %s: stopping what has run for %s s", self.id, self.clock.seconds)
        if self._kernel.has_asked(request):
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
