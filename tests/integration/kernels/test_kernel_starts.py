"""How a sandboxed kernel is asked for, and what is left when it does not start."""

import asyncio
import json
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from courses.errors import SandboxLost, SandboxUnavailable
from courses.kernels.provisioner import ENTRY
from courses.kernels.warm import PRELOAD, RESERVE, warm_kernels
from courses.sandbox import watchdog
from courses.sandbox.config import UIDS, Config
from courses.sandbox.ground import Ground
from courses.sandbox.lease import Lease
from courses.sandbox.limits import Limits
from courses.sandbox.warm_server import WarmServer
from tests.integration.kernels.clients import Manager, Run, kernel, started
from tests.processes import gone
from tests.security.sandbox.bench import until
from tests.waiting import comes_to_hold

pytestmark = pytest.mark.xdist_group("provisioner")


class OtherForks:
    """A warm process whose children do something else."""

    def __init__(self, warm: WarmServer, entry: str) -> None:
        self._warm, self._entry = warm, entry

    def fork(self, _entry: str, limits: Limits, *, mounts: dict[str, Path], sockets: bool) -> Lease:
        return self._warm.fork(self._entry, limits, mounts=mounts, sockets=sockets)


@pytest.mark.parametrize("entry", ["courses.no_such_module:kernel", "builtins:print"])
def test_a_start_that_fails_leaves_nothing(warm: WarmServer, run: Run, entry: str) -> None:
    """Neither before its sandbox was closed nor after: no process, no folder, no place that stays taken."""

    async def test() -> None:
        zygote = warm.zygote()
        await zygote.ready()
        folder = zygote.folder.path
        for _ in range(3):
            manager = Manager(kernel_name="python3")
            manager.warm = OtherForks(warm, entry)  # type: ignore[assignment]
            with pytest.raises(SandboxUnavailable):
                await manager.start_kernel()
            manager.context.destroy(linger=0)
        await comes_to_hold(lambda: zygote.places.free == UIDS)
        assert not [path.name for path in folder.iterdir() if path.name not in ("cache", "root", "trial")]

    run(test)


def test_a_start_that_nobody_waits_for(warm: WarmServer, run: Run) -> None:
    """The child that comes afterwards is let go."""

    async def test() -> None:
        zygote = warm.zygote()
        await zygote.ready()
        begun, goes_on, leases = threading.Event(), threading.Event(), []

        class Slow(OtherForks):
            def fork(self, entry: str, limits: Limits, *, mounts: dict[str, Path], sockets: bool) -> Lease:
                begun.set()
                goes_on.wait(30)
                leases.append(warm.fork(entry, limits, mounts=mounts, sockets=sockets))
                return leases[0]

        manager = Manager(kernel_name="python3")
        manager.warm = Slow(warm, "")  # type: ignore[assignment]
        starting = asyncio.create_task(manager.start_kernel())
        await asyncio.to_thread(begun.wait, 30)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        goes_on.set()
        await comes_to_hold(lambda: leases and leases[0].poll() is not None and zygote.places.free == UIDS)
        manager.context.destroy(linger=0)

    run(test)


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[WarmServer]:
    """A warm process for one test, with nothing forked from it but its reserve."""
    monkeypatch.setattr("courses.sandbox.warm_server._FIRST_PAUSE", 0)  # it was started just now
    folder = Path(tempfile.mkdtemp(prefix="sb-", dir="/var/tmp"))
    folder.chmod(0o711)
    server = warm_kernels(Ground(run_folder=folder))
    yield server
    server.stop()
    assert not list(folder.iterdir())
    folder.rmdir()


def reserve(warm: WarmServer) -> list[psutil.Process]:
    """The oldest first."""
    children = psutil.Process(warm.zygote().wait_ready().pid).children()
    return sorted(children, key=lambda child: child.create_time())


def has(warm: WarmServer, many: int) -> None:
    assert until(lambda: len(reserve(warm)) == many)


def test_a_warm_process_that_hangs(
    own: WarmServer, run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The start that waits for it is tried once more, with another one."""
    monkeypatch.setattr(watchdog, "PATIENCE", 1.0)
    hanging = own.zygote().wait_ready().pid
    os.kill(hanging, signal.SIGSTOP)

    async def test() -> None:
        async with kernel(own) as talk:
            assert await talk.run("print(6 * 7)") == "42\n"

    run(test)
    assert gone(hanging)
    assert own.zygote().wait_ready().pid != hanging
    assert "has not answered" in caplog.text
    assert "tried once more" in caplog.text


def test_a_kernel_that_is_killed_as_it_gets_its_job(
    own: WarmServer, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """The job is lost with it, and another one gets it."""
    has(own, RESERVE)
    oldest = reserve(own)[0]
    oldest.suspend()

    async def test() -> None:
        starting = asyncio.create_task(_answer(own))
        await asyncio.to_thread(has, own, RESERVE + 1)  # the oldest has got the job: another takes its place
        oldest.kill()
        assert await starting == "42\n"

    run(test)
    assert "tried once more" in caplog.text


async def _answer(warm: WarmServer) -> str:
    async with kernel(warm) as talk:
        return await talk.run("print(6 * 7)")


class Killing(OtherForks):
    """Its first children, so many, are killed once their sandbox is closed, and perhaps `heard` of."""

    def __init__(self, warm: WarmServer, many: int, *, heard: bool = False) -> None:
        super().__init__(warm, ENTRY)
        self._many, self._heard = many, heard

    def fork(self, entry: str, limits: Limits, *, mounts: dict[str, Path], sockets: bool) -> Lease:
        lease = super().fork(entry, limits, mounts=mounts, sockets=sockets)
        pid = lease.wait_closed_off()
        if self._many:
            self._many -= 1
            os.kill(pid, signal.SIGKILL)
            if self._heard:
                lease.wait(10)
        return lease


@pytest.mark.parametrize("heard", [False, True])
def test_a_kernel_that_is_killed_while_it_starts(
    own: WarmServer, run: Run, caplog: pytest.LogCaptureFixture, heard: bool
) -> None:
    """Another one takes its place, and has its addresses."""

    async def test() -> None:
        assert await _answer(Killing(own, 1, heard=heard)) == "42\n"  # type: ignore[arg-type]

    run(test)
    assert "tried once more" in caplog.text


def test_kernels_that_keep_being_killed(own: WarmServer, run: Run) -> None:
    """Are not tried a third time, and leave nothing."""
    zygote = own.zygote()

    async def test() -> None:
        with pytest.raises(SandboxLost):
            await _answer(Killing(own, 2))  # type: ignore[arg-type]
        await comes_to_hold(lambda: zygote.places.free == UIDS)
        assert not list(zygote.folder.path.glob("k-*"))

    run(test)


def test_a_kernelspec_on_disk(run: Run, tmp_path: Path) -> None:
    """Any program starts sandboxed kernels by it, with the modules that it names imported already."""
    (tmp_path / "mine").mkdir()
    provisioner = {"provisioner_name": "stepwise-sandbox", "config": {"modules": ["colorsys"]}}
    spec = {
        "argv": ["python"],
        "display_name": "Python",
        "language": "python",
        "metadata": {"kernel_provisioner": provisioner},
    }
    (tmp_path / "mine" / "kernel.json").write_text(json.dumps(spec))
    specs = KernelSpecManager(kernel_dirs=[str(tmp_path)])

    async def test() -> None:
        manager = AsyncKernelManager(kernel_name="mine", kernel_spec_manager=specs)
        async with started(manager) as talk:
            assert await talk.run("import sys; print('colorsys' in sys.modules)") == "True\n"
            assert "not supported" in await talk.run(
                "import socket; socket.create_connection(('127.0.0.1', 9))"
            )
        assert not Path(manager.ip).parent.exists()

    run(test)


def test_a_path_that_is_too_long_is_said(tmp_path: Path, run: Run) -> None:
    """And no kernel is started in any other way."""
    with pytest.raises(SandboxUnavailable, match="run_folder setting"):
        warm_kernels(Ground(run_folder=tmp_path / ("x" * 90)))
    deep = WarmServer(Config(preload=PRELOAD), tmp_path / ("x" * 90))

    async def test() -> None:
        manager = Manager(kernel_name="python3")
        manager.warm = deep
        with pytest.raises(SandboxUnavailable, match="run_folder setting"):
            await manager.start_kernel()

    try:
        run(test)
    finally:
        deep.stop()
