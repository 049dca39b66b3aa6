"""A warm process for tests of kernels, and an event loop."""

import asyncio
from collections.abc import Iterator

import pytest

from courses.kernels.warm import warm_kernels
from courses.sandbox.warm_server import WarmServer
from tests.integration.kernels.clients import Run


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmServer]:
    kernels = warm_kernels()
    yield kernels
    kernels.stop()


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield lambda test: runner.run(asyncio.wait_for(test(), 60))  # type: ignore[arg-type]
