"""Each test of sessions runs twice. All share one warm process, and those of a module one event loop."""

import asyncio
from collections.abc import Iterator

import pytest
from either import WARM, Run

from courses.kernels.warm import warm_kernels
from courses.sandbox.warm_server import WarmServer
from tests.kernel_sessions import close_contexts


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmServer]:
    """One warm process, from which no course and no data can be seen."""
    server = warm_kernels()
    yield server
    server.stop()


@pytest.fixture(autouse=True, params=["sandboxed", "plain"])
def kernels_are(request: pytest.FixtureRequest) -> Iterator[str]:
    """Sessions are the same for kernels in a sandbox and for plain ones."""
    if request.param == "sandboxed":
        WARM.append(request.getfixturevalue("warm"))
    yield request.param
    WARM.clear()


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run a coroutine; all tests share one event loop, as a server's kernels do."""
    with asyncio.Runner() as runner:
        yield lambda test: runner.run(asyncio.wait_for(test(), 60))  # type: ignore[arg-type]
    close_contexts()
