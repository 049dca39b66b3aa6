"""Kernels forked into a sandbox, driven as any Jupyter client drives a kernel."""

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from courses.sandbox.warm_server import WarmServer
from tests.integration.kernels.clients import Message, Run, Talk, kernel

pytestmark = pytest.mark.xdist_group("provisioner")


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


INTERRUPTED = {
    "before it is handled": ("_publish_status", "status == 'busy'", "while True: pass"),
    "before its code": ("_forward_input", "True", "while True: pass"),
    "after its code": ("_restore_input", "True", "1"),
}
INTERRUPT = """
import os, signal
kernel = get_ipython().kernel
def then_interrupt(status="", *arguments, do=kernel.{name}):
    do(status, *arguments) if status != "" else do()
    if {condition}:
        os.kill(os.getpid(), signal.SIGINT)
kernel.{name} = then_interrupt
"""


@pytest.mark.parametrize("when", INTERRUPTED)
def test_it_is_interrupted_around_a_cells_own_code(warm: WarmServer, run: Run, when: str) -> None:
    """The cell ends with an error and a reply, which a front end waits for."""
    name, condition, code = INTERRUPTED[when]

    async def test() -> None:
        async with kernel(warm) as talk:
            await talk.run(INTERRUPT.format(name=name, condition=condition))
            said: list[Message] = []
            reply = await talk.client.execute_interactive(code, timeout=10, output_hook=said.append)
            assert reply["content"]["ename"] == "KeyboardInterrupt"
            assert [one["content"]["ename"] for one in said if one["msg_type"] == "error"] == [
                "KeyboardInterrupt"
            ]

    run(test)


def test_an_interrupt_between_cells_does_nothing(warm: WarmServer, run: Run) -> None:
    """It ends neither the kernel nor the next cell."""
    after_each = INTERRUPT.format(name="_publish_status_and_flush", condition="status == 'idle'")

    async def test() -> None:
        async with kernel(warm) as talk:
            await talk.run(after_each)
            assert await talk.run("print('on')") == "on\n"
            assert await talk.run("print('and on')") == "and on\n"

    run(test)


ENDED = """
import pathlib
stats = [path.read_text() for path in pathlib.Path("/proc").glob("[0-9]*/stat")]
print([stat for stat in stats if ") Z " in stat])
"""


def test_what_is_left_behind_does_not_stay(warm: WarmServer, run: Run) -> None:
    """Programs whose shell has ended fall to the kernel. They would count among what it may have."""

    async def test() -> None:
        async with kernel(warm) as talk:
            await talk.run("import os\nfor _ in range(5): os.system('true &')")
            await talk.run("!for n in $(seq 5); do true & done; wait")
            assert await talk.run(ENDED) == "[]\n"

    run(test)


def test_the_end_of_its_own_children_can_be_asked_for(warm: WarmServer, run: Run) -> None:
    """Long after it, in another cell, however they were started."""
    start = """
import os, signal, subprocess
one = subprocess.Popen(["false"])
spawned, ready = os.spawnlp(os.P_NOWAIT, "false", "false"), os.posix_spawn("/bin/false", ["false"], {})
forked = os.fork()
if forked == 0:
    os._exit(3)
for pid in (one.pid, spawned, ready, forked):
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
"""
    ask = "print(one.wait(), [os.waitpid(pid, 0)[1] >> 8 for pid in (spawned, ready, forked)])"

    async def test() -> None:
        async with kernel(warm) as talk:
            await talk.run(start)
            await talk.run("1")
            assert await talk.run(ask) == "1 [1, 1, 3]\n"

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


def test_a_print_that_is_too_long_arrives_shortened(warm: WarmServer, run: Run) -> None:
    """And what is printed later arrives as it is."""

    async def test() -> None:
        async with kernel(warm) as talk:
            said = await talk.run("print('x' * (30 << 20), flush=True)\nprint('later')")
            assert 2**20 <= len(said) < 2**21
            assert said.endswith("xlater\n")

    run(test)
