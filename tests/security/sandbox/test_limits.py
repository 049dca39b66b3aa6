"""What a child may use up ends at its limits, and others go on meanwhile."""

import socket

import pytest

from courses.sandbox.limits import Limits
from tests.security.sandbox.bench import IS_ROOT, Bench, Child, Denied

FORKS = """
import os, signal
reads, writes = os.pipe()
children = []
try:
    for _ in range(150):
        child = os.fork()
        if child == 0:
            os.close(writes)
            os.read(reads, 1)
            os._exit(0)
        children.append(child)
    result = len(children)
finally:
    os.close(writes)
    for child in children:
        os.waitpid(child, 0)
"""
MEMORY = "kept = bytearray(200 << 20)\nkept[::4096] = b'x' * len(kept[::4096])\nresult = len(kept)\ndel kept"
MEMORY_FILES = """
import os
files = []
for _ in range(20):
    files.append(os.memfd_create("file"))
    for _ in range(15):
        os.write(files[-1], bytes(1 << 20))
for file in files:
    os.close(file)
result = True
"""
DESCRIPTORS = """
import os
opened = []
try:
    for _ in range(200):
        opened.append(os.open(".", os.O_RDONLY))
    result = len(opened)
finally:
    for one in opened:
        os.close(one)
"""
ONE_FILE = """
import os
try:
    with open(f"{folder}/big", "wb", 0) as big:
        for _ in range(48):
            assert big.write(bytes(1 << 20)) == 1 << 20, "cut short"
    result = 48
finally:
    os.unlink(f"{folder}/big")
"""
MANY_FILES = """
import os
made = 0
try:
    for made in range(12):
        with open(f"{folder}/part{made}", "wb", 0) as part:
            assert part.write(bytes(4 << 20)) == 4 << 20, "cut short"
    result = made
finally:
    for number in range(made + 1):
        os.unlink(f"{folder}/part{number}")
"""
SMALL_FILES = """
import os
made = 0
try:
    for made in range(5000):
        open(f"{folder}/{made}.txt", "w").close()
    result = made
finally:
    for number in range(made):
        os.unlink(f"{folder}/{number}.txt")
"""
SOCKETS = """
import os, socket
made = 0
for made in range(300):
    socket.socket(socket.AF_UNIX).bind(f"{place.sockets}/{made}")
result = made
"""
SPIN = """
import time
end, start = time.monotonic() + 0.6, time.process_time()
while time.monotonic() < end:
    pass
result = time.process_time() - start
"""


def answers(child: Child) -> bool:
    return child.run("result = 6 * 7") == 42


def test_processes(bench: Bench) -> None:
    """A fork bomb ends early, and another child forks on."""
    other, child = bench.child(), bench.child()
    with pytest.raises(Denied, match="BlockingIOError"):
        child.run(FORKS)
    assert answers(child)
    assert other.run(
        "import os\nchild = os.fork()\nif not child: os._exit(3)\nresult = os.waitpid(child, 0)[1]"
    )


def test_memory(bench: Bench) -> None:
    """Too much memory ends a child, which says why, or is refused; another has what it needs."""
    other, child = bench.child(), bench.child()
    if "memory" in bench.facts.layers.cgroups:
        with pytest.raises((EOFError, ConnectionError)):
            child.run(MEMORY)
        assert child.lease.wait(10) == -9
        assert child.lease.killed_for_memory
    else:
        with pytest.raises(Denied, match="MemoryError"):
            child.run(MEMORY)
    assert other.run("kept = bytearray(32 << 20)\nresult = len(kept)") == 32 << 20
    other.lease.close()
    assert not other.lease.killed_for_memory


def test_files_in_memory(same_user: Bench) -> None:
    """They are no way around limits that each process carries itself."""
    with pytest.raises(Denied, match="OSError"):
        same_user.child().run(MEMORY_FILES)


def test_children_end_before_others(bench: Bench) -> None:
    """When the machine has no memory left, the server is not what is ended."""
    child = bench.child()
    assert child.run("result = open('/proc/self/oom_score_adj').read().strip()") == "1000"
    with pytest.raises(Denied, match="Error"):
        child.run("open('/proc/self/oom_score_adj', 'w').write('0')")


def test_descriptors(bench: Bench) -> None:
    """Beyond so many, opening fails."""
    with pytest.raises(Denied, match="Too many open files"):
        bench.child().run(DESCRIPTORS)


def test_one_large_file(bench: Bench) -> None:
    """No file is larger than the disk that was granted."""
    with pytest.raises(Denied, match=r"File too large|No space left|cut short"):
        bench.child().run(ONE_FILE, folder=".")


@pytest.mark.parametrize("folder", ["{place.work}", "{place.tmp}", "/dev/shm"])
@pytest.mark.parametrize("attack", [MANY_FILES, SMALL_FILES], ids=["bytes", "inodes"])
def test_all_files_together(private: Bench, attack: str, folder: str) -> None:
    """What is written is in memory that ends: in bytes and in files, wherever a child can write."""
    child = private.child()
    at = folder.format(place=PlaceOf(child))
    with pytest.raises(Denied, match=r"No space left|cut short"):
        child.run(attack, folder=at)
    assert answers(child)


class PlaceOf:
    def __init__(self, child: Child) -> None:
        self.work, self.tmp = child.run("result = [place.work, place.tmp]")


def test_sockets_in_the_shared_folder(bench: Bench) -> None:
    """The folder shared with the server cannot be filled once the child's own sockets are bound."""
    with pytest.raises(Denied, match="Operation not supported"):
        bench.child(sockets=True).run(SOCKETS)


def test_files_in_the_shared_folder(bench: Bench) -> None:
    """Sockets may be made there, and nothing else."""
    child = bench.child("run_cells_with_sockets", sockets=True)
    with pytest.raises(Denied, match="PermissionError"):
        child.run("open(f'{place.sockets}/file', 'w')")
    child.run("import socket\nown = socket.socket(socket.AF_UNIX)\nown.bind(f'{place.sockets}/s')")
    assert (child.lease.sockets / "s").is_socket()


@pytest.mark.skipif(not IS_ROOT, reason="needs a server that gives children users of their own")
def test_the_shared_folder_without_landlock() -> None:
    """Once the server has taken the folder, a child makes nothing more there; the server comes in."""
    bench = Bench("namespaces", preload=("tests.security.sandbox.without_landlock",))
    try:
        assert not bench.facts.layers.landlock
        child = bench.child("run_cells_with_sockets", sockets=True)
        child.run(
            "import socket\nown = socket.socket(socket.AF_UNIX)\nown.bind(f'{place.sockets}/s')\nown.listen()"
        )
        child.run("open(f'{place.sockets}/file', 'w')")
        child.lease.take_sockets()
        for code in ("open(f'{place.sockets}/more', 'w')", "import os\nos.chmod(place.sockets, 0o777)"):
            with pytest.raises(Denied, match="PermissionError"):
                child.run(code)
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(str(child.lease.sockets / "s"))
    finally:
        bench.close()


def test_processor_time(bench: Bench) -> None:
    """A busy child gets its part of a processor, or is at least nice."""
    child = bench.child(limits=Limits(cpus=0.2))
    if "cpu" in bench.facts.layers.cgroups:
        assert child.run(SPIN) < 0.35
    else:
        assert child.run("import os\nresult = os.nice(0)") >= 10


def test_processor_seconds(bench: Bench) -> None:
    """Past its processor time, a child ends."""
    child = bench.child(limits=Limits(cpu_seconds=1))
    with pytest.raises((EOFError, ConnectionError)):
        child.run("while True: pass")
    assert child.lease.wait(10) < 0


@pytest.mark.parametrize(
    "attack",
    [FORKS, MEMORY, MEMORY_FILES, DESCRIPTORS, ONE_FILE, MANY_FILES, SMALL_FILES, SOCKETS],
    ids=["forks", "memory", "memory files", "descriptors", "file", "files", "inodes", "sockets"],
)
def test_without_a_sandbox_there_are_no_limits(unconfined: Bench, attack: str) -> None:
    """The same code gets all that it asks for."""
    assert unconfined.child(sockets=True).run(attack, folder=".")


def test_layers_are_those_of_the_user(bench: Bench) -> None:
    """Root has every layer, or is told which one is lacking; nobody takes root's to be there."""
    layers = bench.facts.layers
    assert layers.landlock and layers.seccomp
    assert layers.namespaces == (bench.mode == "namespaces")
    assert layers.user_namespace == (layers.namespaces and not IS_ROOT)
    lacking = {lack.layer for lack in layers.lacking}
    assert ("user" in lacking) == (not layers.own_user)
    assert {"memory", "pids", "cpu"} - lacking == set(layers.cgroups)
