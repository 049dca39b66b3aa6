"""Children that are forked before anybody asks for them."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from courses.sandbox import wire
from courses.sandbox.client import Zygote
from courses.sandbox.config import Config
from courses.sandbox.lease import Lease
from courses.sandbox.limits import Limits
from tests.integration.sandbox.test_warm_process import shares
from tests.processes import gone
from tests.security.sandbox.bench import ENTRIES, IMPORTS, until

SIZE = 2


@pytest.fixture(params=["namespaces", "landlock", "none"])
def zygote(request: pytest.FixtureRequest, base: Path) -> Iterator[Zygote]:
    started = Zygote(Config(mode=request.param, reserve=SIZE, **IMPORTS), base).start()
    yield started
    started.stop()


def in_reserve(zygote: Zygote) -> set[int]:
    """All of them, once they are there. Nothing else has been forked."""
    warm = psutil.Process(zygote.wait_ready().pid)
    assert until(lambda: len(warm.children()) == SIZE)
    return {child.pid for child in warm.children()}


def runs(lease: Lease) -> bool:
    wire.send(lease.payload, ["result = 6 * 7", {}])
    return wire.receive(lease.payload)[0] == {"result": 42}


def test_one_that_waits_gets_the_job(zygote: Zygote) -> None:
    """And another takes its place when it is calm again."""
    waiting = in_reserve(zygote)
    lease = zygote.fork(f"{ENTRIES}:run_cells")
    assert lease.wait_closed_off() in waiting
    assert runs(lease)
    lease.close()
    assert until(lambda: len(in_reserve(zygote) - waiting) == 1)


def test_more_jobs_than_wait(zygote: Zygote) -> None:
    """The others are forked for theirs, and all have places of their own."""
    waiting = in_reserve(zygote)
    leases = [zygote.fork(f"{ENTRIES}:run_cells") for _ in range(SIZE + 2)]
    pids = {lease.wait_closed_off() for lease in leases}
    assert len(pids) == SIZE + 2
    assert waiting < pids
    assert all(runs(lease) for lease in leases)
    for lease in leases:
        lease.close()


def test_its_limits_are_the_jobs(zygote: Zygote) -> None:
    in_reserve(zygote)
    lease = zygote.fork(f"{ENTRIES}:run_cells", Limits(cpu_weight=7))
    lease.wait_closed_off()
    if "cpu" in zygote.wait_ready().layers.cgroups:
        assert {"7", "71"} & set(shares())
    lease.weigh(9)
    lease.send_signal(signal.SIGWINCH)  # obeyed after it, and to no effect
    if "cpu" in zygote.wait_ready().layers.cgroups:
        assert until(lambda: {"9", "92"} & set(shares()))
    lease.close()


def test_who_died_waiting_is_done_without(zygote: Zygote) -> None:
    """A job is never lost with one."""
    pids = in_reserve(zygote)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert until(lambda: all(gone(pid) for pid in pids))
    lease = zygote.fork(f"{ENTRIES}:run_cells")
    lease.wait_closed_off()
    assert runs(lease)
    lease.close()


def test_none_is_left(zygote: Zygote, base: Path) -> None:
    """When the server stops, and when the warm process is killed."""
    pids = in_reserve(zygote)
    os.kill(zygote.wait_ready().pid, signal.SIGKILL)
    assert until(lambda: all(gone(pid) for pid in pids))
    other = Zygote(zygote.config, base).start()
    pids = in_reserve(other)
    other.stop()
    assert until(lambda: all(gone(pid) for pid in pids))
