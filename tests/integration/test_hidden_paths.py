"""A server whose data and courses lie where learners' code may read, in the Python installation itself."""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Published
from tests.integration.harbour import Guest, execute
from tests.serve import Served, serving

pytestmark = pytest.mark.xdist_group("serve")
READ = """
def read(path):
    try:
        return open(path, "rb").read(4).decode("latin-1")
    except OSError as error:
        return "refused"
import json
print("read", json.dumps([read(path) for path in {paths!r}]))
"""
GREET = "\ndef greet(name):\n    return 'Hello, ' + name"


@pytest.fixture
def within() -> Iterator[Path]:
    """A folder in the installation, that every user may read."""
    with tempfile.TemporaryDirectory(prefix="tests-", dir=sys.prefix) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def served(within: Path, published: Published) -> Iterator[Served]:
    """Whatever may be read by file permissions can be: the sandbox alone stands in between."""
    (within / "beside.txt").write_text("free")
    shutil.copytree(published.courses, within / "courses")
    with serving(published.copy(within / "data"), within / "courses") as served:
        (within / "data" / "secret").chmod(0o644)
        for folder in (within / "data", within / "courses"):
            folder.chmod(0o755)
        yield served


def test_data_and_courses_are_hidden(served: Served, within: Path, guests: Callable[[Served], Guest]) -> None:
    """From gradings and from kernels; what lies beside them, in the same folder, is read."""
    secret, sources = within / "data" / "secret", within / "courses" / "atlas" / "course.yml"
    code = READ.format(paths=[str(within / "beside.txt"), str(secret), str(sources)])
    assert secret.is_file() and sources.is_file()
    expected = "read " + json.dumps(["free", "refused", "refused"])
    guest = guests(served)
    guest.register()
    assert guest.answer("c-read", True, "the-first-step", "atlas").status_code == 201
    graded = guest.answer("c-greet", code + GREET, "the-second-step", "atlas").json()["attempt"]["verdict"]
    assert (graded["outcome"], graded["printed"].strip()) == ("passed", expected)
    kernel = guest.start_kernel("atlas/code")

    async def run() -> None:
        async with guest.channels(kernel) as channels:
            await execute(channels, code, until=expected)

    asyncio.run(run())
