"""A folder for run folders, short enough for sockets, and warm processes in each mode."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from courses.sandbox.client import Zygote
from courses.sandbox.config import Config
from tests.security.sandbox.bench import IMPORTS


@pytest.fixture
def base() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sb-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["namespaces", "landlock", "none"])
def zygote(request: pytest.FixtureRequest, base: Path) -> Iterator[Zygote]:
    started = Zygote(Config(mode=request.param, **IMPORTS), base).start()
    yield started
    started.stop()
