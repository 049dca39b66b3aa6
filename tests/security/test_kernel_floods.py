"""What a kernel writes to its sockets, past all that Jupyter means them for: nobody else feels it."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from courses.kernels.warm import warm_kernels
from courses.sandbox.warm_server import WarmServer
from tests.kernel_sessions import ADA, BO, Chapter, answer, close_contexts, sessions

pytestmark = pytest.mark.xdist_group("kernel-floods")

SECONDS = 3
"""How long an attack goes on."""
STALL = 1.5
"""Seconds; without bounds the server stood still for all of the attack."""
GROWTH = 150 * 2**20

READY = """
import functools, os, socket, struct, threading, time
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
broadcast, session = app.iopub_thread, app.kernel.session

def attack(step):
    def go():
        until = time.time() + SECONDS
        while time.time() < until:
            step()
    soon(lambda: broadcast.io_loop.add_callback(go))

def soon(go):
    "Once the cell has ended."
    threading.Timer(1, go).start()

def signed(header, content=b"{}"):
    parts = [header, b"{}", b"{}", content]
    return [b"x", b"<IDS|MSG>", session.sign(parts), *parts]

def accepted(name):
    "The kernel's own ends of connections that it has taken."
    for number in os.listdir("/proc/self/fd"):
        try:
            found = socket.socket(fileno=os.dup(int(number)))
            listens = found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            if name in str(found.getsockname()) and not listens:
                found.setblocking(True)
                yield found
        except OSError:
            pass
""".replace("SECONDS", str(SECONDS))

ATTACKS = {
    "small messages": "attack(lambda: [broadcast.socket.send(b'x') for _ in range(1000)])",
    "large messages": "attack(lambda: broadcast.socket.send(b'y' * (10 << 20)))",
    "messages too large": "attack(lambda: broadcast.socket.send(b'y' * (60 << 20)))",
    "a header that takes long to read": """
header = b'{"msg_type":"x","a":[' + b'[],' * (1 << 21) + b'[]]}'
attack(lambda: broadcast.socket.send_multipart(signed(header)))
""",
    "a header without a bottom": """
header = b'[' * 60000
attack(lambda: [broadcast.socket.send_multipart(signed(header)), time.sleep(0.01)])
""",
    "content that takes long to read": """
content = b'{"name":"stdout","text":"", "a":[' + b'[],' * (1 << 21) + b'[]]}'
attack(lambda: broadcast.socket.send_multipart(signed(b'{"msg_type":"stream"}', content)))
""",
    "a message without end": """
frame = b"\\x03" + struct.pack(">Q", 1 << 20) + bytes(1 << 20)
def go(connection):
    until = time.time() + SECONDS
    while time.time() < until:
        connection.sendall(frame)
connections = [c for n in ("s-1", "s-2", "s-5") for c in accepted(n)]
assert len(connections) > 2
for connection in connections:
    soon(functools.partial(go, connection))
""".replace("SECONDS", str(SECONDS)),
    "frames without end": """
frames = b"\\x01\\x00" * 30000
def go(connection):
    until = time.time() + SECONDS
    while time.time() < until:
        connection.sendall(frames)
for connection in [c for n in ("s-1", "s-2", "s-5") for c in accepted(n)]:
    soon(functools.partial(go, connection))
""".replace("SECONDS", str(SECONDS)),
}


SHORT = ("small messages", "messages too large", "a header without a bottom", "a message without end")
"""Those that stand for the others where time is short."""


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmServer]:
    server = warm_kernels()
    yield server
    server.stop()


class Watch:
    """How long the event loop has stood still at most, and how much memory the server took on."""

    def __init__(self) -> None:
        self.stall = 0.0
        self.most = self.before = psutil.Process().memory_info().rss

    async def look(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (started := time.monotonic()) < until:
            await asyncio.sleep(0.02)
            self.stall = max(self.stall, time.monotonic() - started)
            self.most = max(self.most, psutil.Process().memory_info().rss)


@pytest.mark.parametrize(
    "attack",
    [attack if attack in SHORT else pytest.param(attack, marks=pytest.mark.soak) for attack in ATTACKS],
)
def test_a_flood_is_felt_by_nobody_else(warm: WarmServer, tmp_path: Path, attack: str) -> None:
    """The server goes on meanwhile, and keeps none of it; another's kernel is brought up and answers."""
    chapter = Chapter()
    chapter.add("attack", READY + ATTACKS[attack])

    async def test() -> None:
        async with sessions(chapter, tmp_path, warm) as found:
            eve = await found.open(ADA, "atlas", "code")
            await eve.sync()
            assert eve.outputs["attack"] == []
            chapter.cells.clear()
            watch = Watch()
            looking = asyncio.create_task(watch.look(SECONDS))
            other = await found.open(BO, "atlas", "code")
            await other.sync()
            assert other.state == "ready"
            assert await answer(found, other, "print('still', 'here')") == "still here\n"
            await looking
            print(attack, round(watch.stall, 3), (watch.most - watch.before) >> 20)
            assert watch.stall < STALL
            assert watch.most - watch.before < GROWTH

    asyncio.run(asyncio.wait_for(test(), 120))
    close_contexts()
