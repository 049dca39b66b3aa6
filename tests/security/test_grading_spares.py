"""A slow author's cell is waited for once, and nothing of one check is there at the next."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from courses.grading.forked import SandboxChild, SandboxLauncher, grading_config
from courses.grading.launching import PlainLauncher, Role
from courses.grading.runner import ProcessGrader
from courses.sandbox.warm_server import WarmServer
from courses.services.ports import GradingJob, GradingReport, Limits
from tests.leftovers import left_in_temporary
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("grading-spares")

PATIENCE = 60.0
SLOW = "import time\ntime.sleep(0.4)\nn = 2"


class Counting(SandboxLauncher):
    """Keeps the processes for the chapter's code that it has started."""

    def __init__(self, warm: WarmServer) -> None:
        super().__init__(warm)
        self.prefixes: list[SandboxChild] = []

    def start(self, role: Role, folder: Path, limits: Limits) -> SandboxChild:
        child = super().start(role, folder, limits)
        if role == "prefix":
            self.prefixes.append(child)
        return child


def job(source: str = "x = 1", learner: str = "ada", **fields: object) -> GradingJob:
    given = {"tests": "assert x == n", "context": (SLOW,), **fields}
    return GradingJob(source, on_behalf=learner, **given)  # type: ignore[arg-type]


class Class:
    """Learners and their grader, whose warm process others use too."""

    def __init__(self, warm: WarmServer) -> None:
        self.warm, self.launcher = warm, Counting(warm)
        self.grader = ProcessGrader(self.launcher, at_once=2, patience=PATIENCE)
        self.spares = self.grader.spares

    def check(self, source: str = "x = 1", learner: str = "ada", **fields: object) -> GradingReport:
        return self.grader.grade(job(source, learner, **fields))

    def check_and_wait(self, source: str = "x = 1", learner: str = "ada", **fields: object) -> GradingReport:
        """A check that does not pass, and until there is a spare."""
        report = self.check(source, learner, **fields)
        until(lambda: self.spares.has(job(source, learner, **fields)))
        return report

    @property
    def started(self) -> int:
        return len(self.launcher.prefixes)


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmServer]:
    warm = WarmServer(grading_config(), tmp_path_factory.mktemp("run"))
    yield warm
    warm.stop()


@pytest.fixture
def group(warm: WarmServer) -> Iterator[Class]:
    group = Class(warm)
    yield group
    group.spares.stop()
    group.spares.join()


def until(condition: Callable[[], object]) -> None:
    wait_for(condition, "what the spares are told to do", PATIENCE, pause=0.005)


def test_the_next_check_starts_nothing(group: Class) -> None:
    """It has the process that ran the chapter's code before the learner asked, and so has the one after."""
    assert group.check_and_wait().outcome == "failed"
    assert group.started == 2
    assert group.check_and_wait().outcome == "failed"
    assert group.started == 3
    assert group.check("x = 2").outcome == "passed"
    assert group.started == 3


def test_what_one_learner_waited_for_another_need_not(group: Class) -> None:
    """A cell that was slow for anybody is known, in whatever chapter; the first check of others is ready."""
    assert not group.grader.is_slow([SLOW])
    assert group.check("x = 2").outcome == "passed"
    assert group.grader.is_slow(["quick()", SLOW]) and not group.grader.is_slow(["quick()"])
    longer = {"learner": "bob", "context": ("quick = 1", SLOW)}
    group.grader.prepare(job(**longer))  # type: ignore[arg-type]
    until(lambda: group.spares.has(job(**longer)))  # type: ignore[arg-type]
    assert group.check("x = 2", **longer).outcome == "passed"  # type: ignore[arg-type]
    assert group.started == 2


def test_what_passes_has_no_spare(group: Class) -> None:
    """The next check of that learner has another context."""
    group.spares.want = None  # type: ignore[assignment, method-assign]  # would be called
    assert group.check("x = 2").outcome == "passed"


def test_a_quick_chapter_has_no_spare(group: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    """And neither has publishing, which grades for nobody in particular."""
    group.check(learner="")
    monkeypatch.setattr("courses.grading.stage.SLOW_SECONDS", PATIENCE)
    group.check()
    assert group.spares._worker is None


def test_a_spare_stands_still(group: Class) -> None:
    """Not even a thread of the chapter's code goes on in it, and it goes on where it was."""
    ticking = SLOW + (
        "\nimport threading\nticks = []\n"
        "def tick():\n    while True:\n        ticks.append(1)\n        time.sleep(0.001)\n"
        "threading.Thread(target=tick, daemon=True).start()"
    )
    group.check_and_wait(context=(ticking,))
    process = psutil.Process(group.launcher.prefixes[-1]._lease.pid)
    assert process.status() == psutil.STATUS_STOPPED
    used = process.cpu_times()
    assert group.check("x = 2", context=(ticking,)).outcome == "passed"
    assert used.user < Limits().cpu


def test_the_chapters_own_processes(group: Class) -> None:
    """Where the chapter's code leaves some behind, there is no spare: they would go on in it."""
    leaving = SLOW + "\nimport subprocess\nleft = subprocess.Popen(['sleep', '60'])"
    group.check(context=(leaving,))
    until(lambda: group.started == 2 and not group.spares._making)
    assert not group.spares.has(job(context=(leaving,)))
    assert group.check("x = 2", context=(leaving,)).outcome == "passed"
    assert group.started == 3


HUNT = """
import os, pathlib
def hunt(wanted):
    found = []
    for place in (".", os.path.expanduser("~"), "/tmp", "/run", "/dev/shm", "/home"):
        for folder, _, names in os.walk(place):
            found += [n for n in names if wanted in n]
            for name in names:
                try:
                    found += [name] if wanted in pathlib.Path(folder, name).read_text() else []
                except (OSError, ValueError):
                    pass
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            found += [pid] if wanted in pathlib.Path("/proc", pid, "cmdline").read_text() else []
        except OSError:
            pass
    return found
"""
NOTE = """
import subprocess
def note(secret):
    for place in (".", os.path.expanduser("~"), "/tmp", "/run/tmp", "/dev/shm"):
        try:
            pathlib.Path(place, "noted-" + str(os.getpid())).write_text(secret)
        except OSError:
            pass
    if os.fork() == 0:
        os.setsid()
        subprocess.Popen(["sh", "-c", "sleep 300 # " + secret], start_new_session=True)
        os._exit(0)
    os.wait()
    return 0
"""


def test_what_a_submission_notes_is_gone(group: Class) -> None:
    """The arguments of a hidden test, in files, memory and a process that leaves its family.

    What it noted is found as long as it is the same check, so the hunt works.
    """
    tests = "note('planted-by-the-test')\nassert len(hunt('planted-by-the-test')) >= 4"
    hidden = "assert note('k9-hidden-value') == 1, 'Not yet.'\nassert len(hunt('k9-hidden-value')) < 4"
    unhurried = Limits(wall=PATIENCE)
    report = group.check_and_wait(HUNT + NOTE, tests=tests, hidden_tests=hidden, limits=unhurried)
    assert [test.passed for test in report.tests] == [True, False, False]
    report = group.check(HUNT, tests="assert hunt('k9-hidden-value') == []", limits=unhurried)
    assert report.outcome == "passed", report
    assert group.started == 2


def test_a_spare_is_its_learners_alone(group: Class) -> None:
    """Another learner with the very same chapter starts afresh, and so does nobody in particular."""
    group.check_and_wait()
    assert group.check("x = 2", "bob").outcome == "passed"
    assert group.check("x = 2", "").outcome == "passed"
    assert group.started == 4
    assert group.check("x = 2").outcome == "passed"
    assert group.started == 4


def test_a_learners_other_step(group: Class) -> None:
    """Other code before it, or other files, and it is not what was prepared."""
    group.check_and_wait()
    assert group.check("x = 3", context=(SLOW, "n = 3")).outcome == "passed"
    assert group.check("x = int(open('a.txt').read())", files={"a.txt": b"2"}).outcome == "passed"
    assert group.started == 4


def test_a_spare_that_was_killed(group: Class) -> None:
    """The check goes on with a fresh process, and nobody notices."""
    group.check_and_wait()
    os.kill(group.launcher.prefixes[-1]._lease.pid or 0, signal.SIGKILL)
    assert group.check("x = 2").outcome == "passed"
    assert group.started == 3


def test_a_spare_whose_warm_process_ended(group: Class, warm: WarmServer) -> None:
    """It ended with that one; the check has a process of another."""
    group.check_and_wait()
    os.kill(warm.zygote().wait_ready().pid, signal.SIGKILL)
    assert group.check("x = 2").outcome == "passed"


@pytest.mark.soak
def test_processor_time_counts_afresh(group: Class) -> None:
    """Two thirds of the limit for the chapter's code leave all of it for the submission, spare or not."""
    burn = "import time\nuntil = time.process_time() + 2\nwhile time.process_time() < until: pass\nn = 2"
    limits = Limits(cpu=3, wall=PATIENCE)
    burning = burn.replace("n = 2", "x = n")
    for _ in range(2):
        report = group.check_and_wait(burning, context=(burn,), limits=limits, tests="assert x == n + 1")
        assert report.outcome == "failed", report
    assert group.check(burning, context=(burn,), limits=limits).outcome == "passed"
    assert group.started == 3


@pytest.mark.soak
def test_time_counts_afresh(group: Class) -> None:
    """A spare may wait for longer than a check may take."""
    limits = Limits(wall=4)
    group.check_and_wait(limits=limits)
    until(lambda: time.monotonic() > (group.launcher.prefixes[-1].channel.deadline or 0))
    assert group.check("x = 2", limits=limits).outcome == "passed"
    assert group.started == 2


CHANCE = """
import os, random, secrets, sys, time, uuid
import numpy as np
print(random.random(), random.Random().random(), np.random.rand(), np.random.default_rng().random())
print(uuid.uuid4(), secrets.token_hex(4), hash("a"), time.tzname, os.getpid())
print(os.getcwd(), sorted(os.listdir()), sorted(os.environ.items()), sys.path, sorted(globals()))
"""


def test_a_spare_gives_the_same_verdict(group: Class) -> None:
    """Whatever a submission finds in it is as in a fresh one."""
    files = {"data/a.txt": b"1"}
    fresh = group.check_and_wait(CHANCE, tests="assert len(printed) == 0", files=files)
    spare = group.check(CHANCE, tests="assert len(printed) == 0", files=files)
    assert group.started == 2
    assert fresh == spare and "data" in fresh.printed


def test_plain_processes_have_no_spares() -> None:
    """They share the server's user, so nobody could tell what goes on in one."""
    grader = ProcessGrader(PlainLauncher(), at_once=1, patience=PATIENCE)
    report = grader.grade(GradingJob("x = 1", tests="assert x == n", context=(SLOW,), on_behalf="ada"))
    assert report.outcome == "failed" and grader.spares._worker is None
    grader.stop()


@pytest.mark.parametrize("prepared", [True, False])
def test_stopping_leaves_nothing(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, prepared: bool
) -> None:
    """Neither spares nor one that is being prepared: no process and no folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    group = Class(WarmServer(grading_config(), tmp_path_factory.mktemp("run")))
    if prepared:
        group.check_and_wait()
    else:
        group.check(context=("import time\ntime.sleep(0.4 if 'again' not in globals() else 0)\nn = 2",))
        until(lambda: group.started == 2)
    assert left_in_temporary() != []
    keeper = psutil.Process(psutil.Process(group.warm.zygote().wait_ready().pid).ppid())
    mine = [keeper, *keeper.children(recursive=True)]
    group.grader.stop()
    assert not [process for process in mine if process.is_running()]
    assert left_in_temporary() == []
    assert not any(child.processes(1) or child._lease.poll() is None for child in group.launcher.prefixes)
