"""Sessions whose kernels are in sandboxes or plain, as the test is just now."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from courses.kernels.session import ChapterSession
from courses.kernels.sessions import Sessions
from courses.sandbox.warm_server import WarmServer
from tests import kernel_sessions
from tests.kernel_sessions import ADA, Chapter, until

Run = Callable[[Callable[[], Awaitable[None]]], None]
WARM: list[WarmServer] = []
"""What kernels are forked from while a test runs with sandboxes."""


@asynccontextmanager
async def sessions(chapter: Chapter, folder: Path, **options: Any) -> AsyncIterator[Sessions]:
    async with kernel_sessions.sessions(chapter, folder, WARM[0] if WARM else None, **options) as found:
        yield found


@asynccontextmanager
async def synced(
    chapter: Chapter, folder: Path, **options: Any
) -> AsyncIterator[tuple[Sessions, ChapterSession]]:
    """With a learner's session whose kernel has been brought up."""
    async with sessions(chapter, folder, **options) as found:
        session = await found.open(ADA, "atlas", "code")
        await session.sync()
        yield found, session


@asynccontextmanager
async def looping(folder: Path) -> AsyncIterator[tuple[Sessions, ChapterSession]]:
    """With one whose kernel has said in its cell `where` what its folder is, and is in an endless one now."""
    chapter = Chapter()
    chapter.add("where", "import os; print(os.getcwd(), end='')")
    chapter.add("loop", "while True: pass")
    async with sessions(chapter, folder) as found:
        session = await found.open(ADA, "atlas", "code")
        session.sync_soon()
        await until(session, lambda: "where" in session.outputs)
        yield found, session
