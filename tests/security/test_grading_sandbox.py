"""What a sandbox adds to gradings, where it can be with the plain process in which the same succeeds."""

import os
import secrets
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from courses.errors import GraderUnavailable
from courses.grading.choosing import BestLauncher
from courses.grading.forked import SandboxChild, SandboxLauncher, grading_config
from courses.grading.launching import PlainChild, PlainLauncher, Role
from courses.grading.runner import ProcessGrader
from courses.sandbox import watchdog
from courses.sandbox.config import Config, Mode
from courses.sandbox.ground import Ground
from courses.sandbox.warm_server import WarmServer
from courses.services.ports import GradingJob, Limits
from tests.leftovers import left_in_temporary
from tests.processes import gone
from tests.security.grading_bench import sandboxed_grader
from tests.security.sandbox.bench import running, until

pytestmark = pytest.mark.xdist_group("grading-sandbox")

PLAIN = GradingJob("def f(x):\n    return x + 1", tests="assert f(1) == 2")


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmServer]:
    warm = WarmServer(grading_config(), tmp_path_factory.mktemp("run"))
    yield warm
    warm.stop()


@pytest.fixture(scope="module")
def sandboxed(warm: WarmServer) -> ProcessGrader:
    return ProcessGrader(SandboxLauncher(warm), at_once=2, patience=60)


@pytest.fixture(scope="module")
def plain() -> ProcessGrader:
    return ProcessGrader(PlainLauncher(), at_once=2, patience=60)


def succeeds(grader: ProcessGrader, attack: str, **names: object) -> bool:
    """Whether an attack, which sets `done`, does."""
    source = "\n".join(f"{name} = {value!r}" for name, value in names.items())
    source += f"\ntry:\n    done = {attack}\nexcept OSError:\n    done = False"
    report = grader.grade(GradingJob(source, tests="assert done in (True, False)\nassert done"))
    assert report.outcome in ("passed", "failed"), report
    return report.outcome == "passed"


def test_files_of_the_server(sandboxed: ProcessGrader, plain: ProcessGrader, tmp_path: Path) -> None:
    """A file that everybody on the machine may read is not there."""
    file = tmp_path / "everybody.txt"
    file.write_text("secret")
    file.chmod(0o644)
    attack = "open(path).read() == 'secret'"
    assert succeeds(plain, attack, path=str(file))
    assert not succeeds(sandboxed, attack, path=str(file))


def test_loopback(sandboxed: ProcessGrader, plain: ProcessGrader) -> None:
    """What listens on this machine, as the server does, cannot be reached."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        attack = "__import__('socket').create_connection(address, 2) is not None"
        address = listener.getsockname()
        assert succeeds(plain, attack, address=address)
        assert not succeeds(sandboxed, attack, address=address)


@pytest.mark.parametrize("mode", ["namespaces", "landlock"])
def test_sockets_of_the_machine(mode: Mode, plain: ProcessGrader, tmp_path: Path) -> None:
    """A database that everybody on the machine may ask cannot be reached, whatever kind of sandbox it is."""
    attack = "__import__('socket').socket(__import__('socket').AF_UNIX).connect(path) is None"
    with _shared_socket() as path, sandboxed_grader(tmp_path, mode=mode) as sandboxed:
        assert succeeds(plain, attack, path=path)
        assert not succeeds(sandboxed, attack, path=path)


@contextmanager
def _shared_socket() -> Iterator[str]:
    """One that listens, in a place that every user gets to."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, socket.socket(socket.AF_UNIX) as listener:
        Path(folder).chmod(0o755)
        path = Path(folder, "db.sock")
        listener.bind(str(path))
        path.chmod(0o666)
        listener.listen()
        yield str(path)


def test_processes_of_the_server(sandboxed: ProcessGrader, plain: ProcessGrader) -> None:
    """They are not seen."""
    attack = "__import__('os').path.exists(f'/proc/{server}')"
    assert succeeds(plain, attack, server=os.getpid())
    assert not succeeds(sandboxed, attack, server=os.getpid())


class Leisurely(PlainLauncher):
    """Ends processes a moment late: at once, it may still find what is just about to be orphaned."""

    def start(self, role: Role, folder: Path, limits: Limits) -> PlainChild:
        child = super().start(role, folder, limits)
        at_once = child.kill

        def kill() -> None:
            with suppress(subprocess.TimeoutExpired):
                child._process.wait(1)
            at_once()

        child.kill = kill  # type: ignore[method-assign]
        return child


def test_outliving_the_grading(sandboxed: ProcessGrader) -> None:
    """A process that leaves its family and its environment behind, and has its family killed, ends too."""
    assert len(outliving(ProcessGrader(Leisurely()))) == 1
    assert outliving(sandboxed, seconds=10) == []


def outliving(grader: ProcessGrader, seconds: float = 0) -> list[int]:
    """What a submission has started and has not ended so many seconds after its grading; it is ended here."""
    mark = f"61.{secrets.randbelow(10**9)}"
    source = (
        "import os, signal, subprocess\n"
        "if os.fork() == 0:\n"
        f"    subprocess.Popen(['sleep', '{mark}'], env={{}}, start_new_session=True)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "os.kill(os.getppid(), signal.SIGKILL)"  # it would be asked for its descendants
    )
    grader.grade(GradingJob(source, tests="assert True", limits=replace(Limits(), wall=3)))
    until(lambda: not running(mark), seconds)
    left = running(mark)
    for process in left:
        process.kill()
    return [process.pid for process in left]


def test_memory_of_all_processes_together(
    warm: WarmServer, sandboxed: ProcessGrader, plain: ProcessGrader
) -> None:
    """Several processes, each within the limit, do not get more than it together where it is counted."""
    source = (
        "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n"
        "        x = bytearray(100 << 20)\n        time.sleep(30)\nx = bytearray(100 << 20)\ntime.sleep(30)"
    )
    limits = replace(Limits(), wall=2, memory_mb=256)
    job = GradingJob(source, tests="assert True", limits=limits)
    counted = "memory" in warm.zygote().wait_ready().layers.cgroups
    assert sandboxed.grade(job).outcome == ("memory" if counted else "timeout")
    assert plain.grade(job).outcome == "timeout"  # each of them had what it asked for, and waited


def test_what_was_printed_before_time_ran_out(sandboxed: ProcessGrader) -> None:
    """It is there although nothing of the sandbox is."""
    job = GradingJob("print('so far')\nwhile True: pass", limits=replace(Limits(), wall=1))
    report = sandboxed.grade(job)
    assert (report.outcome, report.printed) == ("timeout", "so far\n")


def test_chance_is_the_same_each_time(sandboxed: ProcessGrader) -> None:
    """Also after a context that sets a seed, and with numpy's generator."""
    source = "import random, numpy\nprint(random.random(), numpy.random.rand())"
    for context in ((), ("import random\nrandom.seed(7)",)):
        job = GradingJob(source, tests="assert printed", context=context)
        assert len({sandboxed.grade(job).printed for _ in range(2)}) == 1


def test_a_killed_warm_process_costs_no_attempt(warm: WarmServer, sandboxed: ProcessGrader) -> None:
    """A grading that loses its processes is done again with those of another warm process."""
    victim = warm.zygote().wait_ready().pid
    source = "import time\ntime.sleep(1)\nx = 1"
    reports = []
    job = GradingJob(source, tests="assert x == 1")
    grading = threading.Thread(target=lambda: reports.append(sandboxed.grade(job)))
    grading.start()
    while not _children(victim):
        pass
    os.kill(victim, signal.SIGKILL)
    grading.join()
    assert [report.outcome for report in reports] == ["passed"]
    assert warm.zygote().wait_ready().pid != victim


@pytest.mark.parametrize("role", ["prefix", "examiner"])
def test_a_warm_process_that_hangs_costs_no_attempt(
    warm: WarmServer, role: Role, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is ended, whichever process it owes, and what waits for it is graded with another one."""
    monkeypatch.setattr(watchdog, "PATIENCE", 3.0)
    monkeypatch.setattr("courses.sandbox.warm_server._FIRST_PAUSE", 0)
    hanging = warm.zygote().wait_ready().pid

    class Stopping(SandboxLauncher):
        def start(self, role_: Role, folder: Path, limits: Limits) -> SandboxChild:
            if role_ == role and warm.zygote().wait_ready().pid == hanging:
                os.kill(hanging, signal.SIGSTOP)
            return super().start(role_, folder, limits)

    job = GradingJob("x = 1", tests="assert x == 1", limits=Limits(wall=0.5))
    assert ProcessGrader(Stopping(warm)).grade(job).outcome == "passed"
    assert gone(hanging)
    assert "has not answered" in caplog.text
    assert "tried once more" in caplog.text


def test_a_killed_warm_process_costs_no_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An author's expression is worked out again, too."""
    monkeypatch.setattr("courses.sandbox.warm_server._FIRST_PAUSE", 0)  # it was started just now
    warm = WarmServer(grading_config(), tmp_path)
    grader = ProcessGrader(SandboxLauncher(warm))
    victim = warm.zygote().wait_ready().pid
    values: list[tuple[float | str, ...]] = []
    context = ("import time\ntime.sleep(1)\nx = 21",)
    work = threading.Thread(target=lambda: values.append(grader.evaluate(("x * 2",), context, {}, Limits())))
    work.start()
    while not _children(victim):
        pass
    os.kill(victim, signal.SIGKILL)
    work.join()
    grader.stop()
    assert values == [(42,)]


def _children(pid: int) -> bool:
    return bool(psutil.Process(pid).children(recursive=True))


def leaves_nothing(grader: ProcessGrader, times: int) -> None:
    grader.grade(PLAIN)
    assert until(lambda: left_in_temporary() == [])
    process = psutil.Process()
    descriptors, processes = process.num_fds(), len(process.children(recursive=True))
    assert {grader.grade(PLAIN).outcome for _ in range(times)} == {"passed"}
    assert until(lambda: process.num_fds() <= descriptors)
    assert until(lambda: len(process.children(recursive=True)) <= processes)
    assert until(lambda: left_in_temporary() == [])


def test_gradings_leave_nothing_behind(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No descriptor, no process (ended or not) and no folder more than before."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with sandboxed_grader(tmp_path_factory.mktemp("run"), reserve=0) as grader:
        leaves_nothing(grader, 50)


def test_plain_is_never_silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a sandbox, nothing is graded and the reason said, unless plain processes are allowed."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("courses.grading.choosing.grading_config", _no_sandbox)
    refusing = ProcessGrader(BestLauncher(plain_allowed=False))
    with pytest.raises(GraderUnavailable, match="This machine gives no sandbox"):
        refusing.grade(PLAIN)
    refusing.stop()
    allowing = ProcessGrader(BestLauncher(plain_allowed=True))
    assert allowing.grade(PLAIN).outcome == "passed"
    allowing.stop()
    assert left_in_temporary() == []


def test_a_failed_start_is_no_reason_to_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine gives sandboxes, plain processes are none, whatever is allowed."""
    monkeypatch.setattr("courses.sandbox.warm_server._FIRST_PAUSE", 0)
    grader = ProcessGrader(BestLauncher(plain_allowed=True))
    with monkeypatch.context() as broken:
        broken.setattr("courses.sandbox.boot._BOOT", "raise SystemExit")
        with pytest.raises(GraderUnavailable, match="ended while it was starting"):
            grader.grade(PLAIN)
    assert not succeeds(grader, "__import__('os').path.exists(f'/proc/{server}')", server=os.getpid())
    grader.stop()


def _no_sandbox(ground: Ground) -> Config:
    return replace(grading_config(ground), mode="none")


def test_stopping_ends_everything() -> None:
    """The warm process too; and nothing is graded afterwards."""
    before = len(psutil.Process().children())
    grader = ProcessGrader(BestLauncher(plain_allowed=False))
    assert grader.grade(PLAIN).outcome == "passed"
    folder = Path(tempfile.gettempdir())
    grader.stop()
    assert len(psutil.Process().children()) <= before
    assert folder.is_dir()
    with pytest.raises(GraderUnavailable):
        grader.grade(PLAIN)
