"""Starting, forking and ending: what the server sees, whichever side goes first."""

import asyncio
import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from courses.errors import SandboxUnavailable
from courses.sandbox import owners, wire
from courses.sandbox.client import Zygote
from courses.sandbox.config import UIDS, Config, Mode
from courses.sandbox.limits import Limits
from courses.sandbox.warm_server import WarmServer
from tests.cgroups import all_groups
from tests.deep import DIG
from tests.processes import gone
from tests.security.sandbox.bench import ENTRIES, IMPORTS, ROOT, until


def groups() -> list[Path]:
    """Cgroups that any warm process has made."""
    return [group for group in all_groups() if group.name.startswith("stepwise-")]


def of(warm: int) -> list[Path]:
    """Those of a warm process."""
    return [group for group in groups() if group.name.startswith(f"stepwise-{warm}-")]


def shares() -> list[str]:
    """Of all children of warm processes. Those of others, in other tests, may end meanwhile."""
    found = []
    for group in groups():
        with contextlib.suppress(OSError):
            for file in (*group.glob("*/cpu.weight"), *group.glob("*/cpu.shares")):
                with contextlib.suppress(OSError):
                    found.append(file.read_text().strip())
    return found


def _call(pid: int | None) -> str:
    """The system call that a process is in."""
    return Path(f"/proc/{pid}/syscall").read_text().split()[0]


SERVER = """
import sys, time
from pathlib import Path
from courses.sandbox.client import Zygote
from courses.sandbox.config import Config
mode, base, root, entries = sys.argv[1:]
zygote = Zygote(Config(mode=mode, preload=(entries,), import_from=(root,)), Path(base)).start()
leases = [zygote.fork(f"{entries}:run_cells", sockets=True) for _ in range(2)]
print(zygote.wait_ready().pid, *(lease.wait_closed_off() for lease in leases), flush=True)
time.sleep(60)
"""


def test_a_fork_runs_its_entry(zygote: Zygote) -> None:
    """It says where it is over the payload; its process id is the host's, its status its own."""
    lease = zygote.fork(f"{ENTRIES}:say_and_end")
    said, _ = wire.receive(lease.payload)
    assert lease.wait(10) == 7
    assert said["host_pid"] == lease.pid
    assert lease.poll() == 7
    assert not lease.killed_for_memory
    assert lease.fileno() == -1
    lease.payload.close()
    lease.kill()


def test_a_childs_share_can_be_changed(zygote: Zygote) -> None:
    """Where a cgroup counts its processor time, and without an error where none does."""
    lease = zygote.fork(f"{ENTRIES}:run_cells")
    lease.wait_closed_off()
    lease.weigh(7)
    lease.send_signal(signal.SIGWINCH)  # obeyed after it, and to no effect
    if "cpu" in zygote.wait_ready().layers.cgroups:
        assert until(lambda: any(share in ("7", "71") for share in shares()))
    lease.close()


def test_memory_of_all_children_together(zygote: Zygote, base: Path) -> None:
    """Where cgroups count it, those of all warm processes leave some of the machine's."""
    beside = Zygote(zygote.config, base).start()
    facts, others = zygote.wait_ready(), beside.wait_ready()
    above, above_others = ({group.parent for group in of(warm.pid)} for warm in (facts, others))
    assert above == above_others
    assert {group.name for group in above} <= {owners.name_for(os.getpid())}
    files = [f for group in above for name in ("max", "limit_in_bytes") for f in group.glob(f"memory.{name}")]
    assert len(files) == ("memory" in facts.layers.cgroups)
    assert all(int(file.read_text()) < psutil.virtual_memory().total for file in files)
    beside.stop()
    assert all(group.is_dir() for group in above)
    zygote.stop()
    assert of(facts.pid) == of(others.pid) == []


def test_waiting_in_an_event_loop(zygote: Zygote) -> None:
    """Several wait for the same child without a thread."""

    async def run() -> list[int]:
        await zygote.ready()
        lease = zygote.fork(f"{ENTRIES}:run_cells")
        assert await lease.closed_off() == lease.pid
        with pytest.raises(subprocess.TimeoutExpired):
            await lease.ended(0.01)
        waiting = [asyncio.create_task(lease.ended(10)) for _ in range(3)]
        await asyncio.sleep(0)
        lease.terminate()
        ends = await asyncio.gather(*waiting)
        lease.payload.close()
        return ends

    assert asyncio.run(run()) == [-9, -9, -9]


def test_forks_from_many_threads(zygote: Zygote) -> None:
    """Each gets its own child, with its own payload and folder."""

    def one(_: int) -> tuple[int, str]:
        lease = zygote.fork(f"{ENTRIES}:run_cells", sockets=True)
        lease.wait_closed_off()
        wire.send(lease.payload, ["result = place.host_pid", {}])
        answer, _ = wire.receive(lease.payload)
        place = str(lease.sockets)
        lease.close()
        assert answer["result"] == lease.pid
        return answer["result"], place

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(one, range(24)))
    assert len({pid for pid, _ in got}) == len({place for _, place in got}) == 24


def test_an_interrupt_reaches_the_entry(zygote: Zygote) -> None:
    """As from a keyboard: KeyboardInterrupt in whatever runs."""
    lease = zygote.fork(f"{ENTRIES}:run_cells")
    lease.wait_closed_off()
    wire.send(lease.payload, ["import time\ntime.sleep(20)", {}])
    assert until(lambda: _call(lease.pid) in ("230", "115"))  # clock_nanosleep
    lease.send_signal(signal.SIGINT)
    answer, _ = wire.receive(lease.payload)
    assert answer["raised"].startswith("KeyboardInterrupt")
    lease.close()


def test_an_entry_that_fails(zygote: Zygote) -> None:
    """Its status says so; one that does not exist never runs, and the lease says why."""
    failing = zygote.fork(f"{ENTRIES}:fail")
    assert failing.wait(10) == 70
    missing = zygote.fork(f"{ENTRIES}:nothing_of_that_name")
    with pytest.raises(SandboxUnavailable, match="nothing_of_that_name"):
        missing.wait_closed_off()
    for lease in (failing, missing):
        lease.close()


def test_letting_go_of_a_lease_ends_the_child(zygote: Zygote) -> None:
    """Even when nobody kills it."""
    lease = zygote.fork(f"{ENTRIES}:run_cells")
    pid = lease.wait_closed_off()
    lease._connection.close()
    assert until(lambda: gone(pid))
    lease.payload.close()


def test_a_deep_tree_of_a_childs(base: Path) -> None:
    """Its folder and place come back all the same, and the warm process ends as it should."""
    zygote = Zygote(Config(mode="landlock", **IMPORTS), base).start()
    lease = zygote.fork(f"{ENTRIES}:run_cells")
    wire.send(lease.payload, [DIG, {"depth": 3000}])
    assert wire.receive(lease.payload)[0] == {"result": True}
    (folder,) = base.glob("stepwise-*/1")
    lease.close()
    assert until(lambda: not folder.exists())
    assert until(lambda: zygote.places.free == UIDS)
    zygote.stop()
    assert not list(base.iterdir())


def test_a_killed_warm_process_takes_its_children(zygote: Zygote) -> None:
    """Leases end at once, and no process is left."""
    facts = zygote.wait_ready()
    leases = [zygote.fork(f"{ENTRIES}:run_cells") for _ in range(3)]
    pids = [lease.wait_closed_off() for lease in leases]
    os.kill(facts.pid, signal.SIGKILL)
    assert [lease.wait(5) for lease in leases] == [-9, -9, -9]
    assert until(lambda: all(gone(pid) for pid in pids))
    assert until(lambda: not zygote.alive())
    with pytest.raises(SandboxUnavailable, match="has ended"):
        zygote.fork(f"{ENTRIES}:run_cells")
    for lease in leases:
        lease.payload.close()


def test_many_children(base: Path) -> None:
    """A low limit on open files is raised as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    low = (
        max(int(link.name) for link in Path("/proc/self/fd").iterdir()) + 20
    )  # the tests' own process has to go on
    resource.setrlimit(resource.RLIMIT_NOFILE, (low, hard))
    try:
        zygote = Zygote(Config(mode="none", **IMPORTS), base).start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    leases = [zygote.fork(f"{ENTRIES}:run_cells") for _ in range(low // 2)]
    assert all(lease.wait_closed_off() for lease in leases)
    for lease in leases:
        lease.close()
    zygote.stop()


@pytest.mark.parametrize("most", [40, 41])
def test_as_many_children_as_files_may_be_open(zygote: Zygote, most: int) -> None:
    """One more is refused with the reason. The others go on, and when one has ended there is a place."""
    resource.prlimit(zygote.wait_ready().pid, resource.RLIMIT_NOFILE, (most, most))
    leases = []
    with pytest.raises(SandboxUnavailable, match="open files"):
        while len(leases) < most:
            leases.append(zygote.fork(f"{ENTRIES}:run_cells"))
            leases[-1].wait_closed_off()
    leases.pop().close()
    leases.pop().close()
    leases.append(zygote.fork(f"{ENTRIES}:run_cells"))
    for lease in leases:
        assert lease.wait_closed_off()
        wire.send(lease.payload, ["result = 6 * 7", {}])
        assert wire.receive(lease.payload)[0] == {"result": 42}
    for lease in leases:
        lease.close()


def test_a_request_without_its_descriptors(zygote: Zygote) -> None:
    """As it comes when no more files may be open: it is refused, and nothing else happens."""
    zygote.wait_ready()
    lease = zygote.fork(f"{ENTRIES}:run_cells")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        for descriptors in ((), (theirs.fileno(),)):
            wire.send(zygote._server, {}, descriptors)
        assert b"open files" in ours.recv(1000)
    assert lease.wait_closed_off()
    lease.close()


@pytest.mark.parametrize("mode", ["namespaces", "landlock", "none"])
def test_a_killed_server(mode: Mode, base: Path) -> None:
    """All its processes end; what it left is swept by the next start, and what is in use is not."""
    arguments = [mode, str(base), str(ROOT), ENTRIES]
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, *arguments], cwd=ROOT, stdout=subprocess.PIPE
    ) as server:
        pids = [int(pid) for pid in server.stdout.readline().split()]
        assert len(pids) == 3
        beside = Zygote(Config(mode=mode, **IMPORTS), base).start()
        beside.wait_ready()
        server.kill()
    assert until(lambda: all(gone(pid) for pid in pids))
    left = set(base.iterdir())
    assert len(left) == 2
    after = Zygote(Config(mode=mode, **IMPORTS), base).start()
    after.wait_ready()
    assert len(set(base.iterdir()) & left) == 1
    assert not [group for group in groups() if group.name.startswith(f"stepwise-{pids[0]}-")]
    for one in (beside, after):
        one.stop()
    assert not list(base.iterdir())


def test_another_is_started_when_it_ended(base: Path) -> None:
    """At the next use; not again and again when it keeps ending."""
    server = WarmServer(Config(mode="none", **IMPORTS), base)
    first = server.zygote()
    os.kill(first.wait_ready().pid, signal.SIGKILL)
    assert until(lambda: not first.alive())
    with pytest.raises(SandboxUnavailable, match="keeps ending"):
        server.zygote()
    server._started -= 60
    lease = server.fork(f"{ENTRIES}:say_and_end")
    assert lease.wait(10) == 7
    lease.close()
    server.stop()
    with pytest.raises(SandboxUnavailable, match="stopping"):
        server.zygote()


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["namespaces", "landlock", "none"])
def test_four_hundred_forks_leave_nothing(mode: Mode, base: Path) -> None:
    """No descriptor, no zombie, no folder, no cgroup, on either side."""
    zygote = Zygote(Config(mode=mode, **IMPORTS), base).start()
    warm = psutil.Process(zygote.wait_ready().pid)
    folder = next(base.iterdir())

    def state() -> tuple[int, int, list[str], int, int]:
        inner = [group for group in groups() if str(warm.pid) in group.name]
        children = sum(len([d for d in group.iterdir() if d.is_dir()]) for group in inner)
        names = sorted(path.name for path in folder.iterdir())
        return psutil.Process().num_fds(), warm.num_fds(), names, len(warm.children()), children

    def fork() -> None:
        lease = zygote.fork(f"{ENTRIES}:say_and_end", Limits(memory_mb=128), sockets=True)
        assert lease.wait(10) == 7
        lease.payload.close()

    fork()
    assert until(lambda: not list(folder.glob("[0-9]*")))
    before = state()
    for _ in range(400):
        fork()
    fork()
    assert until(lambda: state() == before), (state(), before)
    assert threading.active_count() < 10
    zygote.stop()
