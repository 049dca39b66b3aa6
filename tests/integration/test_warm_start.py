"""What is warm before the first learner comes, and what is not for commands that grade nothing."""

import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.harbour import Harbour
from tests.serve import serving, stepwise
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("serve")


@pytest.fixture
def run() -> Iterator[Path]:
    """Where warm processes have their folders: a short path, for sockets."""
    with tempfile.TemporaryDirectory(prefix="sw-", dir="/tmp", ignore_cleanup_errors=True) as name:
        yield Path(name) / "run"


def warm_processes(run: Path) -> int:
    """How many there are that have imported all that they are to, which includes matplotlib's fonts."""
    return len(list(run.glob("stepwise-*/cache/fontlist-*")))


def test_the_first_check_finds_a_warm_process(harbour: Harbour, tmp_path: Path, run: Path) -> None:
    """One for kernels and one for gradings, although nobody has asked for anything yet."""
    mine = harbour.copy(tmp_path)
    with serving(mine.data, mine.courses, STEPWISE_RUN_FOLDER=str(run)) as served:
        wait_for(lambda: warm_processes(run) == 2, "both are warm", 60)
        assert any("Stepwise is at" in line for line in served.lines)
        assert served.stop() == 0
    cache = mine.data / "cache"
    assert [path.name.split("-")[0] for path in cache.iterdir()] == ["fontlist"]
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700


def test_commands_that_grade_nothing_warm_nothing(harbour: Harbour, tmp_path: Path, run: Path) -> None:
    """They do not even make a folder for it."""
    mine = harbour.copy(tmp_path)
    done = stepwise("users", "list", "--data", str(mine.data), STEPWISE_RUN_FOLDER=str(run))
    assert done.returncode == 0, done.stderr
    assert not run.exists()
