"""One learner's chapter at run time: its kernel, what has been replayed into it, what that put out.

A session outlives its kernel. When the kernel dies or is culled the next use starts another with the
same id and replays the chapter's code so far, so that variables exist again. Pages follow a session by
its version, which grows with every change.
"""

import asyncio
import contextlib
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from subprocess import DEVNULL
from typing import Any, Literal
from uuid import uuid4

import nbformat
from jupyter_core.utils import ensure_async
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from courses.errors import SandboxUnavailable
from courses.kernels.environment import KernelFolder, kernel_environment
from courses.kernels.learner_kernels import LearnerKernels
from courses.kernels.limits import ReplayExecutor
from courses.kernels.notices import DIED, FULL, MEMORY, REBUILT, SLOW, STUBBORN, UNAVAILABLE
from courses.kernels.run_clock import RunClock
from courses.sandbox.lease import Lease
from courses.services.replay_plan import ReplayCell, ReplayPlan

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
        self.used = time.monotonic()
        self._kernels = kernels
        self._plan = plan
        self._make_room = make_room
        self._ran: set[str] = set()
        self._evicted = False
        self._lock = asyncio.Lock()
        self._changed = asyncio.Event()
        self._executor: ReplayExecutor | None = None
        self._folder: KernelFolder | None = None
        self._lease: Lease | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._pages: set[Callable[[], None]] = set()
        self.followers = 0
        """Pages that wait for news at this moment."""

    def attach(self, close: Callable[[], None]) -> None:
        """Remember a page's connection to the kernel; `close` ends it when the kernel goes."""
        self._pages.add(close)

    def detach(self, close: Callable[[], None]) -> None:
        """Forget a page's connection."""
        self._pages.discard(close)
        if not self._pages:
            self.clock.resume()

    async def sync(self) -> None:
        """Bring a live kernel to where the learner is: start it if need be, run what has not run yet."""
        self.used = time.monotonic()
        async with self._lock:
            plan = await self._plan()
            try:
                rebuilt = self.generation > 0
                if not await self._alive():
                    await self._start(plan)
                for cell in plan.cells:
                    await self._replay(cell)
                if self.state == "starting":  # what a learner runs finds the chapter's names
                    self._move("ready", REBUILT if rebuilt else "")
            except DeadKernelError:
                await self._lose(self._cause())
            except NoRoom:
                await self._lose(FULL)
            except SandboxUnavailable as error:
                log.error("no kernel: %s", error)
                await self._lose(UNAVAILABLE)
            except Exception:  # whatever kept the kernel from starting, its place is free again
                log.exception("kernel %s did not start", self.id)
                await self._lose(DIED)

    async def when_ready(self) -> bool:
        """Whether there is a kernel to talk to, once one that is being started is there. Starts none."""
        self.used = time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_TIMEOUT):
                while self.state == "starting":
                    await self.wait(self.version, START_TIMEOUT)
        return self.state == "ready" and await self._alive()

    def sync_soon(self) -> None:
        """Begin to sync and do not wait for it."""
        self._background(self.sync())

    def touch(self) -> None:
        """The learner is at work."""
        self.used = time.monotonic()

    async def follow(self, version: int, seconds: float) -> None:
        """As `wait`, for a page, which is open as long as it waits."""
        self.followers += 1
        try:
            await self.wait(version, seconds)
        finally:
            self.followers -= 1

    async def wait(self, version: int, seconds: float) -> None:
        """Return when the session has moved past `version`, or after `seconds`."""
        if self.version > version:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)

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
        self._evicted = True
        self._move("off", notice)
        self._background(self.stop(notice))

    async def stop(self, notice: str = "", state: State = "off") -> None:
        """Shut the kernel down, even in the middle of a cell; the session can start another."""
        if self.id in self._kernels:
            await self._kernels.shutdown_kernel(self.id, now=True)
        async with self._lock:
            await self._shutdown()
            self._move(state, notice)

    async def _alive(self) -> bool:
        if self.id not in self._kernels or self._executor is None:
            return False
        return bool(await ensure_async(self._kernels.get_kernel(self.id).is_alive()))

    async def _start(self, plan: ReplayPlan) -> None:
        await self._shutdown()
        self._make_room()
        self._evicted = False
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
        notebook = nbformat.v4.new_notebook()
        manager = self._kernels.get_kernel(self.id)
        self._lease = getattr(manager.provisioner, "lease", None)
        patience = int(self.clock.seconds + self.clock.mercy + _REPLY_SECONDS)
        executor = ReplayExecutor(notebook, km=manager, show_tracebacks=True, timeout=patience)
        executor.allow_errors = True
        await executor.connect()
        self._executor = executor
        if self._evicted:
            await self._shutdown()
            self._move("off", self.notice)
            return
        self.generation += 1
        self.outputs, self._ran = {}, set()

    async def _replay(self, cell: ReplayCell) -> None:
        mark = f"{cell.id}:{hashlib.sha256(cell.source.encode()).hexdigest()}"
        if mark in self._ran or self._executor is None:
            return
        node = nbformat.v4.new_code_cell(cell.source)
        try:
            self._executor.nb.cells = [node]
            await self._executor.execute_cell(node, None, 0, store_history=False)
        except CellTimeoutError:
            log.warning("replayed cell %s never ended", cell.id)
            self.warning = SLOW
        except CellExecutionError:
            log.info("replayed cell %s raised", cell.id)
        self._ran.add(mark)
        if cell.visible:
            self.outputs[cell.id] = [dict(output) for output in node.outputs]
            self._move(self.state, self.notice)

    async def _lose(self, notice: str) -> None:
        await self._shutdown()
        self._move("lost", notice)

    def _on_death(self) -> None:
        self._background(self.stop(self._cause(), "lost"))

    def _cause(self) -> str:
        """Why the kernel has ended by itself."""
        return MEMORY if self._lease is not None and self._lease.killed_for_memory else DIED

    def _too_long(self, request: str) -> None:
        """Whoever asked for it is told, then it is stopped."""
        log.info("kernel %s: stopping what has run for %s s", self.id, self.clock.seconds)
        if self._executor is not None and self._executor.asked(request):
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
        for close in list(self._pages):
            close()  # a page that is still connected would talk to nobody
        if self._executor is not None:
            self._executor.close()
            self._executor = None
        if self.id in self._kernels:
            await self._kernels.shutdown_kernel(self.id, now=True)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _move(self, state: State, notice: str) -> None:
        self.state, self.notice = state, notice
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()
