"""What a killed server leaves on the disk is gone after the next start; what a living one uses stays."""

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.conftest import Published
from tests.integration.harbour import Guest, write_harbour
from tests.serve import Served, serving, stepwise
from tests.waiting import wait_for

pytestmark = [pytest.mark.soak, pytest.mark.xdist_group("serve")]
ENDLESS = "def greet(name):\n    while True:\n        pass"
PURPOSES = {"alive", "grading", "kernel", "io"}


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder for temporary files and one for sandboxes, both of this test alone and with short paths."""
    folder = Path(tempfile.mkdtemp(prefix="sw-", dir="/tmp"))
    folder.chmod(0o711)
    for name in ("tmp", "run"):
        (folder / name).mkdir(mode=0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def on(disk: Path) -> dict[str, str]:
    """The environment of a server that keeps to these folders."""
    return {"TMPDIR": str(disk / "tmp"), "STEPWISE_RUN_FOLDER": str(disk / "run")}


def left(disk: Path) -> set[Path]:
    return {path for name in ("tmp", "run") for path in (disk / name).glob("stepwise-*")}


def purposes(disk: Path) -> set[str]:
    return {path.name.split("-")[3] for path in (disk / "tmp").glob("stepwise-*")}


def check_endless_code(guest: Guest) -> None:
    """Its grading goes on until somebody ends it; the answer is nobody's concern here."""
    with contextlib.suppress(httpx.TransportError):
        guest.answer("c-greet", ENDLESS, "amid-a-grading", "atlas")


def amid_everything(guest: Guest, disk: Path) -> threading.Thread:
    """Return when there is a kernel and a grading is under way."""
    guest.register()
    guest.start_kernel("atlas/code")
    assert guest.answer("c-read", True, "the-first-step", "atlas").status_code == 201
    grading = threading.Thread(target=check_endless_code, args=[guest])
    grading.start()
    wait_for(lambda: purposes(disk) >= PURPOSES - {"io"}, "a kernel and a grading have their folders")
    wait_for(lambda: len(list((disk / "run").iterdir())) == 2, "both warm processes have their folders")
    return grading


def test_a_killed_server_leaves_nothing_for_good(
    published: Published, tmp_path: Path, disk: Path, guests: Callable[[Served], Guest]
) -> None:
    """Killed amid a grading and with a kernel, it leaves folders; the next start removes every one."""
    data = published.copy(tmp_path / "data")
    with serving(data, published.courses, **on(disk)) as served:
        grading = amid_everything(guests(served), disk)
        processes = psutil.Process(served.process.pid).children(recursive=True)
        assert len(processes) > 4
        served.kill()
        grading.join(30)
        wait_for(lambda: not any(one.is_running() for one in processes), "its processes are gone")
    remains = left(disk)
    assert purposes(disk) == PURPOSES
    assert len(remains) >= 6
    with serving(data, published.courses, **on(disk)) as served:
        guest = guests(served)
        guest.register()
        guest.start_kernel("atlas/code")
        assert left(disk) & remains == set()
        assert served.stop() == 0
    assert left(disk) == set()


def test_others_leave_a_running_servers_folders_alone(
    published: Published, tmp_path: Path, disk: Path, guests: Callable[[Served], Guest]
) -> None:
    """Publishing from the command line beside it removes nothing of what it uses."""
    data = published.copy(tmp_path / "data")
    with serving(data, published.courses, **on(disk)) as served:
        grading = amid_everything(guests(served), disk)
        used = {path for path in left(disk) if "-grading-" not in path.name}  # it may end meanwhile
        assert len(used) == 5
        done = stepwise("users", "list", "--data", str(data), **on(disk))
        assert done.returncode == 0, done.stderr
        folder = write_harbour(tmp_path / "courses")
        done = stepwise("publish", str(folder), "--data", str(tmp_path / "other"), **on(disk))
        assert done.returncode == 0, done.stderr
        grading.join(60)
        assert used <= left(disk)
        assert served.stop() == 0
