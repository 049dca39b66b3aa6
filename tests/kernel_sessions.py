"""Sessions on real kernels, for tests: a chapter that can grow, people, and what a page does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from traitlets.config import Config

from courses.kernels.learner_kernels import LearnerKernels
from courses.kernels.session import ChapterSession
from courses.kernels.sessions import Sessions
from courses.models.course import CourseFile
from courses.sandbox.limits import Limits
from courses.sandbox.warm_server import WarmServer
from courses.services.platform import Actor
from courses.services.replay_plan import ReplayCell, ReplayPlan

ADA = Actor(1, "ada")
BO = Actor(2, "bo")
CONTEXTS: list[Any] = []
"""Of sockets. To be closed after the loop: garbage collection would wait for them in any thread."""


@dataclass
class Chapter:
    """A plan that a test may lengthen, as passing a step does."""

    cells: list[ReplayCell] = field(default_factory=list)
    files: tuple[CourseFile, ...] = ()
    asked: int = 0
    """How often the plan was."""
    failure: Exception | None = None
    """What asking for the plan ends with."""

    def add(self, id_: str, source: str, visible: bool = True) -> None:
        self.cells.append(ReplayCell(id_, source, visible))

    async def plan(self, _actor: Actor, _course: str, _chapter: str) -> ReplayPlan:
        self.asked += 1
        if self.failure:
            raise self.failure
        return ReplayPlan(tuple(self.cells), self.files)


@asynccontextmanager
async def sessions(
    chapter: Chapter,
    folder: Path,
    warm: WarmServer | None = None,
    *,
    per_user: int = 2,
    most: int = 9,
    run_limit: float = 60,
) -> AsyncIterator[Sessions]:
    """In sandboxes, if there is a warm process to fork them from. An idle kernel sleeps after 100 s, one
    without a page after 50.
    """
    kernels = LearnerKernels(
        kernel_spec_manager=KernelSpecManager(),
        connection_dir=str(folder),
        config=Config({"KernelRestarter": {"restart_limit": 0, "time_to_dead": 0.2}}),
    )
    if warm is not None:
        kernels.in_sandboxes(warm, Limits(memory_mb=256))
    CONTEXTS.append(kernels.context)
    found = Sessions(
        kernels, chapter.plan, idle=100, grace=50, per_user=per_user, most=most, run_limit=run_limit
    )
    try:
        yield found
    finally:
        await found.stop_all()


def close_contexts() -> None:
    """Once the event loop is closed."""
    while CONTEXTS:
        CONTEXTS.pop().destroy(linger=0)


def process_of(found: Sessions, session: ChapterSession) -> psutil.Process:
    """As the machine sees it: within a sandbox it has another number."""
    return psutil.Process(found.kernels.get_kernel(session.id).provisioner.pid)


@contextmanager
def a_page(found: Sessions, session: ChapterSession) -> Iterator[Any]:
    """What a page does through its websocket: have code run, and wait for none of it."""
    client = found.kernels.get_kernel(session.id).client()
    client.session = client.session.clone()
    client.session.session = "a-page"  # its requests are its own
    client.start_channels()
    try:
        yield client
    finally:
        client.stop_channels()


async def answer(found: Sessions, session: ChapterSession, code: str) -> str:
    """What the kernel prints when it is asked to run something."""
    said: list[str] = []
    with a_page(found, session) as page:
        await page.wait_for_ready(timeout=60)  # or it could come too late to hear what is printed
        hear = lambda message: said.append(message["content"].get("text", ""))  # noqa: E731
        await page.execute_interactive(code, timeout=60, output_hook=hear)
    return "".join(said)


def text_of(session: ChapterSession, cell: str) -> str:
    return "".join(output.get("text", "") for output in session.outputs[cell])


async def until(session: ChapterSession, condition: Callable[[], bool]) -> None:
    """Follow a session until something is so; fails after a while."""
    async with asyncio.timeout(30):
        while not condition():
            await session.wait(session.version, 5)
