"""Kernels forked into a sandbox, driven as any Jupyter client drives a kernel."""

import asyncio
import json
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from courses.errors import SandboxUnavailable
from courses.kernels.warm import PRELOAD, warm_kernels
from courses.sandbox.config import UIDS, Config
from courses.sandbox.ground import Ground
from courses.sandbox.lease import Lease
from courses.sandbox.limits import Limits
from courses.sandbox.warm_server import WarmServer

pytestmark = pytest.mark.xdist_group("provisioner")

Message = dict[str, Any]


class Manager(AsyncKernelManager):
    """Its kernel specification names the provisioner, as one on disk may."""

    warm: WarmServer

    @property
    def kernel_spec(self) -> KernelSpec | None:
        spec = super().kernel_spec
        assert spec is not None
        spec.metadata["kernel_provisioner"] = {"provisioner_name": "stepwise-sandbox"}
        return spec


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmServer]:
    kernels = warm_kernels()
    yield kernels
    kernels.stop()


Run = Callable[[Callable[[], Awaitable[None]]], None]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield lambda test: runner.run(asyncio.wait_for(test(), 60))  # type: ignore[arg-type]


class Talk:
    """A client and what the kernel said."""

    def __init__(self, manager: AsyncKernelManager) -> None:
        self.manager = manager
        self.client: AsyncKernelClient = manager.client()
        self.client.start_channels()

    async def run(self, code: str, seen: Callable[[Message], None] | None = None, **options: Any) -> str:
        """What was printed, shown by MIME type, or raised."""
        said: list[str] = []

        def hear(message: Message) -> None:
            content = message["content"]
            said.append(content.get("text") or content.get("evalue") or " ".join(content.get("data", ())))
            if message["msg_type"] == "comm_open":
                said.append("comm_open")
            if seen is not None:
                seen(message)

        await self.client.execute_interactive(code, timeout=30, output_hook=hear, **options)
        return "".join(said)


@asynccontextmanager
async def kernel(warm: WarmServer, **options: Any) -> AsyncIterator[Talk]:
    manager = Manager(kernel_name="python3")
    manager.warm = warm
    async with started(manager, **options) as talk:
        yield talk


@asynccontextmanager
async def started(manager: AsyncKernelManager, **options: Any) -> AsyncIterator[Talk]:
    await manager.start_kernel(**options)
    talk = Talk(manager)
    try:
        await talk.client.wait_for_ready(timeout=30)
        yield talk
    finally:
        talk.client.stop_channels()
        await manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)


def test_what_a_notebook_uses_works(warm: WarmServer, run: Run, tmp_path: Path) -> None:
    """Values, figures, magics, commands, widgets, the course's files and modules."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "notes.txt").write_text("a note")
    (tmp_path / "tide.py").write_text("height = 3")
    tmp_path.chmod(0o755)

    async def test() -> None:
        async with kernel(warm, cwd=str(tmp_path)) as talk:
            assert (
                await talk.run("import tide; print(open('data/notes.txt').read(), tide.height)")
                == "a note 3\n"
            )
            figure = "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"
            assert "image/png" in await talk.run(figure)
            assert "loop" in await talk.run("%timeit -n1 -r1 1")
            assert await talk.run("!echo hi") == "hi\n"
            assert await talk.run("x = !echo ho\nprint(x[0])") == "ho\n"
            assert "comm_open" in await talk.run("import ipywidgets; ipywidgets.IntSlider()")
            assert await talk.run("import asyncio; await asyncio.sleep(0); print('awaited')") == "awaited\n"
            assert await talk.run("import os; print(os.getcwd() == os.environ['HOME'])") == "True\n"
            assert "image/png" in await talk.run("%matplotlib inline\nplt.plot([1]); plt.show()")

    run(test)


OWN = """
import os, sys
from IPython import get_ipython
from ipykernel.kernelapp import IPKernelApp
shell, app, home = get_ipython(), IPKernelApp.instance(), os.environ["HOME"]
assert shell.profile_dir.location.startswith(home) and shell.ipython_dir.startswith(home), shell.ipython_dir
assert os.path.isdir(shell.profile_dir.startup_dir)
assert [str(folder) for folder in shell.user_ns["_dh"]] == [home] == [os.getcwd()], shell.user_ns["_dh"]
assert sys.modules["__main__"].__dict__ is shell.user_ns
assert shell.kernel is app.kernel and shell.kernel.shell is shell and app.shell is shell
assert os.path.exists(app.connection_file)
print(shell.kernel.ident, shell.kernel.session.session)
"""


def test_what_is_made_before_the_fork_is_its_own(warm: WarmServer, run: Run) -> None:
    """Its shell is at home in the kernel's folder, has no names yet, and is no other kernel's."""

    async def test() -> None:
        async with kernel(warm) as one, kernel(warm) as other:
            assert await one.run("%who") == "Interactive namespace is empty.\n"
            said = (await one.run(OWN)).split() + (await other.run(OWN)).split()
            assert len(set(said)) == 4, said
            assert "mine" in await one.run("mine = 5\n%who")
            assert (
                await one.run("%reset -f\nprint('mine' in dir(), 'get_ipython' in dir())") == "False True\n"
            )
            assert await other.run("print('mine' in dir())") == "False\n"

    run(test)


def test_it_asks_its_person(warm: WarmServer, run: Run) -> None:
    """input() goes over its own channel."""

    async def test() -> None:
        async with kernel(warm) as talk:
            answer = lambda _message: talk.client.input("Ada")  # noqa: E731
            said = await talk.run("print('for', input('who? '))", allow_stdin=True, stdin_hook=answer)
            assert said == "for Ada\n"

    run(test)


@pytest.mark.parametrize(
    "code",
    [
        "print('on', flush=True)\nwhile True: pass",
        "import subprocess\nprint('on', flush=True)\nsubprocess.run(['sleep', '600'])",
        "!echo on; sleep 600; echo off",
    ],
)
def test_it_is_interrupted(warm: WarmServer, run: Run, code: str) -> None:
    """In a loop, and in a program that it waits for; variables stay."""

    async def test() -> None:
        async with kernel(warm) as talk:
            await talk.run("kept = 1")
            interrupts: list[asyncio.Task[None]] = []

            def interrupt(message: Message) -> None:
                if message["content"].get("text", "").startswith("on"):
                    interrupts.append(asyncio.ensure_future(talk.manager.interrupt_kernel()))

            assert "off" not in await talk.run(code, interrupt)
            assert interrupts
            assert await talk.run("print(kept)") == "1\n"

    run(test)


def test_it_is_started_again(warm: WarmServer, run: Run) -> None:
    """With the same addresses: who is connected stays so."""

    async def test() -> None:
        async with kernel(warm) as talk:
            address = talk.manager.ip
            await talk.run("gone = 1")
            await talk.manager.restart_kernel(now=True)
            await talk.client.wait_for_ready(timeout=30)
            assert talk.manager.ip == address
            assert "gone" in await talk.run("gone")

    run(test)


def test_it_puts_nothing_beside_its_sockets(warm: WarmServer, run: Run) -> None:
    """Their folder is the server's again as soon as it runs."""

    async def test() -> None:
        async with kernel(warm) as talk:
            sockets = talk.manager.provisioner.lease.sockets  # type: ignore[union-attr]
            assert sockets.stat().st_uid == os.geteuid()
            assert await talk.run("print(6 * 7)") == "42\n"

    run(test)


def test_subshells(warm: WarmServer, run: Run) -> None:
    """One answers while the main shell is at work, and sees the same variables."""

    async def test() -> None:
        async with kernel(warm) as talk:
            subshell = await on_control(talk, "create_subshell_request")
            await talk.run("import threading; free = threading.Event(); kept = 42")
            waiting = talk.client.session.msg("execute_request", content("print(free.wait(20))"))
            talk.client.shell_channel.send(waiting)
            asking = talk.client.session.msg("execute_request", content("print(kept); free.set()"))
            asking["header"]["subshell_id"] = subshell["subshell_id"]
            talk.client.shell_channel.send(asking)
            printed: dict[str, str] = {}
            while len(printed) < 2:
                message = await talk.client.get_iopub_msg(timeout=30)
                if message["msg_type"] == "stream":
                    printed[message["parent_header"]["msg_id"]] = message["content"]["text"]
            ids = [asked["header"]["msg_id"] for asked in (asking, waiting)]
            assert [printed[id_] for id_ in ids] == ["42\n", "True\n"]
            assert (await on_control(talk, "list_subshell_request"))["subshell_id"] == [
                subshell["subshell_id"]
            ]

    run(test)


async def on_control(talk: Talk, kind: str) -> Message:
    """The content of the kernel's reply."""
    talk.client.control_channel.send(talk.client.session.msg(kind, {}))
    reply = await talk.client.get_control_msg(timeout=30)
    assert reply["content"]["status"] == "ok", reply["content"]
    found: Message = reply["content"]
    return found


def content(code: str) -> Message:
    return {"code": code, "silent": False, "store_history": False, "allow_stdin": False}


def test_its_end_is_noticed_and_leaves_nothing(warm: WarmServer, run: Run) -> None:
    """A crash is an end. No process, no folder remains."""

    async def test() -> None:
        async with kernel(warm) as talk:
            process = psutil.Process(talk.manager.provisioner.pid)  # type: ignore[union-attr, attr-defined]
            await talk.run(
                "import subprocess; one = subprocess.Popen(['sleep', '600'], start_new_session=True)"
            )
            children = process.children(recursive=True)
            assert children
            talk.client.execute("import os; os.abort()")
            await talk.manager.provisioner.wait()  # type: ignore[union-attr]
            assert not await talk.manager.is_alive()
            assert not [one for one in (process, *children) if one.is_running()]
            address = Path(talk.manager.ip).parent
        assert not address.exists()

    run(test)


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
        folder = zygote._folder.path
        for _ in range(3):
            manager = Manager(kernel_name="python3")
            manager.warm = OtherForks(warm, entry)  # type: ignore[assignment]
            with pytest.raises(SandboxUnavailable):
                await manager.start_kernel()
            manager.context.destroy(linger=0)
        while len(zygote._slots) < UIDS:
            await asyncio.sleep(0.01)
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
        while not leases or leases[0].poll() is None or len(zygote._slots) < UIDS:
            await asyncio.sleep(0.01)
        manager.context.destroy(linger=0)

    run(test)


def test_a_print_that_is_too_long_arrives_shortened(warm: WarmServer, run: Run) -> None:
    """And what is printed later arrives as it is."""

    async def test() -> None:
        async with kernel(warm) as talk:
            said = await talk.run("print('x' * (30 << 20), flush=True)\nprint('later')")
            assert 2**20 <= len(said) < 2**21
            assert said.endswith("xlater\n")

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
