"""A warm process that hangs is ended, and the next use has another."""

import os
import signal
import threading
from pathlib import Path

import pytest

from courses.errors import SandboxLost, SandboxUnavailable
from courses.sandbox import watchdog
from courses.sandbox.client import Zygote
from courses.sandbox.config import Config
from courses.sandbox.lease import Lease
from courses.sandbox.warm_server import WarmServer
from tests.processes import gone
from tests.security.sandbox.bench import ENTRIES, IMPORTS, until


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "PATIENCE", 1.0)


@pytest.mark.usefixtures("impatient")
def test_who_waits_for_a_child(zygote: Zygote, caplog: pytest.LogCaptureFixture) -> None:
    """Hears that it is lost. The warm process is killed with all that it has forked, and the log says so."""
    before = zygote.fork(f"{ENTRIES}:run_cells")
    pid, warm = before.wait_closed_off(), zygote.wait_ready().pid
    os.kill(warm, signal.SIGSTOP)
    lease = zygote.fork(f"{ENTRIES}:run_cells")
    with pytest.raises(SandboxLost, match="has ended"):
        lease.wait_closed_off(60)
    assert not zygote.alive()
    assert until(lambda: gone(warm) and gone(pid))
    assert "has not answered" in caplog.text
    for one in (before, lease):
        one.close()


@pytest.mark.usefixtures("impatient")
def test_who_lets_go_of_a_child(zygote: Zygote) -> None:
    """Gets it ended all the same."""
    lease = zygote.fork(f"{ENTRIES}:run_cells")
    pid = lease.wait_closed_off()
    os.kill(zygote.wait_ready().pid, signal.SIGSTOP)
    lease.close()
    assert lease.orphaned
    assert until(lambda: gone(pid))


def test_one_that_goes_on_in_time(zygote: Zygote) -> None:
    """Is left alone, and does what it was asked meanwhile."""
    warm = zygote.wait_ready().pid
    os.kill(warm, signal.SIGSTOP)
    leases: list[Lease] = []
    forking = threading.Thread(target=lambda: leases.append(zygote.fork(f"{ENTRIES}:say_and_end")))
    forking.start()
    forking.join()
    os.kill(warm, signal.SIGCONT)
    assert leases[0].wait(30) == 7
    assert zygote.alive()
    leases[0].close()


@pytest.mark.usefixtures("impatient")
def test_the_next_use(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Starts another at once."""
    monkeypatch.setattr("courses.sandbox.warm_server._FIRST_PAUSE", 0)  # the first was started just now
    server = WarmServer(Config(mode="none", **IMPORTS), base)
    warm = server.zygote().wait_ready().pid
    os.kill(warm, signal.SIGSTOP)
    lost = server.fork(f"{ENTRIES}:run_cells")
    with pytest.raises(SandboxLost):
        lost.wait_closed_off(60)
    lost.close()
    lease = server.fork(f"{ENTRIES}:say_and_end")
    assert lease.wait(30) == 7
    assert server.zygote().wait_ready().pid != warm
    assert server.ended == 1
    lease.close()
    server.stop()


def test_a_start_without_end(
    base: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Ends when it has had time enough."""
    monkeypatch.setattr(watchdog, "STARTING", 1.0)
    zygote = Zygote(Config(mode="none", prepare=(f"{ENTRIES}:wait_for_ever",), **IMPORTS), base).start()
    with pytest.raises(SandboxUnavailable, match="ended while it was starting"):
        zygote.wait_ready()
    assert until(lambda: not zygote.alive())
    assert "has not answered" in caplog.text
    zygote.stop()
    assert not list(base.iterdir())
