"""Sessions whose kernels are in sandboxes or plain, as the test is just now."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from courses.kernels.sessions import Sessions
from courses.sandbox.warm_server import WarmServer
from tests import kernel_sessions
from tests.kernel_sessions import Chapter

Run = Callable[[Callable[[], Awaitable[None]]], None]
WARM: list[WarmServer] = []
"""What kernels are forked from while a test runs with sandboxes."""


@asynccontextmanager
async def sessions(chapter: Chapter, folder: Path, **options: Any) -> AsyncIterator[Sessions]:
    async with kernel_sessions.sessions(chapter, folder, WARM[0] if WARM else None, **options) as found:
        yield found
