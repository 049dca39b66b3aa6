"""Hundreds of gradings and kernels: as much is held afterwards as before."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from traitlets.config import Config

from courses.grading.choosing import BestLauncher
from courses.grading.forked import SandboxLauncher, grading_config
from courses.grading.launching import Launcher
from courses.grading.runner import ProcessGrader
from courses.kernels.learner_kernels import LearnerKernels
from courses.kernels.sessions import Sessions
from courses.kernels.warm import warm_kernels
from courses.models.course import CourseFile
from courses.sandbox.ground import Ground
from courses.sandbox.warm_server import WarmServer
from courses.services.platform import Actor
from courses.services.ports import GradingJob, Limits
from courses.services.replay_plan import ReplayCell, ReplayPlan
from tests.leftovers import left_in_temporary
from tests.soak.holdings import Watch

pytestmark = pytest.mark.soak
FILES = {"data/notes.txt": b"a note", "private/key.txt": b"a key"}
TESTS = "assert f(1) == 2"
SUBMISSIONS = {
    "def f(x):\n    return x + 1": "passed",
    "def f(x):\n    return x": "failed",
    "f = open('data/notes.txt').read() + 1": "error",
    "import subprocess\nsubprocess.Popen(['sleep', '60'])\ndef f(x): return 2": "passed",
    "import os\nos._exit(3)": "crash",
    "while True:\n    print('x' * 1000)": "output",
}
JOBS = [
    (GradingJob(source, tests=TESTS, files=FILES, limits=Limits(output=10_000)), outcome)
    for source, outcome in SUBMISSIONS.items()
]


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short path for run folders; `tmp_path` is where temporary files go."""
    with tempfile.TemporaryDirectory(prefix="so-", dir="/var/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        (tmp_path / "tmp").mkdir()
        for folder in (tmp_path, *tmp_path.parents[:2]):
            folder.chmod(0o755)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
        yield Path(name)


def soak(launcher: Launcher, warm: int, base: Path, times: int) -> None:
    grader = ProcessGrader(launcher, at_once=2, patience=60)

    def grade(number: int) -> None:
        job, outcome = JOBS[number % len(JOBS)]
        assert grader.grade(job).outcome == outcome

    Watch(warm, (base, Path(tempfile.gettempdir()))).rounds(grade, times, first=60)
    grader.stop()


def test_four_hundred_gradings(base: Path) -> None:
    """Passed, failed and ended in all sorts of ways."""
    warm = WarmServer(grading_config(), base)
    try:
        soak(SandboxLauncher(warm), warm.zygote().wait_ready().pid, base, 400)
    finally:
        warm.stop()
    assert list(base.iterdir()) == left_in_temporary() == []


def test_a_launcher_that_has_chosen(base: Path, tmp_path: Path) -> None:
    """A server's own launcher leaves nothing either, with paths to hide and a cache to keep."""
    launcher = BestLauncher(
        plain_allowed=False,
        ground=Ground(hidden=(tmp_path,), run_folder=base, cache=tmp_path / "cache"),
    )
    launcher.warm_up()
    assert ProcessGrader(launcher).grade(JOBS[0][0]).outcome == "passed"
    (folder,) = base.iterdir()
    try:
        soak(launcher, int(folder.name.split("-")[1]), base, 50)
    finally:
        launcher.stop()
    assert list(base.iterdir()) == left_in_temporary() == []


def test_a_hundred_kernels(base: Path, tmp_path: Path) -> None:
    """Each is started for a learner, replayed to, and shut down or killed."""
    warm = warm_kernels(Ground(run_folder=base))
    kernels = LearnerKernels(
        connection_dir=str(tmp_path / "tmp"),
        config=Config({"KernelRestarter": {"restart_limit": 0, "time_to_dead": 0.2}}),
    ).in_sandboxes(warm)

    async def plan(_actor: Actor, _course: str, chapter: str) -> ReplayPlan:
        cells = (ReplayCell("show", "import os; print(open('data/notes.txt').read())", True),)
        return ReplayPlan(cells, (CourseFile("data/notes.txt", b"a note", "code"),))

    found = Sessions(kernels, plan, idle=100, grace=50, per_user=2, most=9, run_limit=60)

    async def start(number: int) -> None:
        session = await found.open(Actor(1, "ada"), "atlas", "code")
        await session.sync()
        assert session.state == "ready", session.notice
        assert session.outputs["show"][0]["text"] == "a note\n"
        if number % 2:
            kernels.get_kernel(session.id).provisioner.lease.kill()  # type: ignore[union-attr]
            async with asyncio.timeout(30):
                while session.state == "ready":
                    await session.wait(session.version, 5)
        await session.stop()

    try:
        with asyncio.Runner() as runner:
            watch = Watch(warm.zygote().wait_ready().pid, (base, Path(tempfile.gettempdir())))
            watch.rounds(lambda number: runner.run(start(number)), times=100, first=20)
            runner.run(found.stop_all())
    finally:
        kernels.context.destroy(linger=0)
        warm.stop()
    assert list(base.iterdir()) == left_in_temporary() == []
