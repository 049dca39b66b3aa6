"""What a learner's kernel can find of what must stay on the server.

A kernel is closed off, and nothing is handed to it either: nothing lies where it is at home, the
server's files are not there at all, and its memory never held what is locked.
"""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.atlas import SECRETS
from tests.hostile import KernelSocket, LiveServer, Person

pytestmark = pytest.mark.xdist_group("live")

HUNT = '''
import os, pathlib, sys

def hunt(masked):
    """Which words (each byte xor 90) are in reach, and where."""
    words = [bytes(byte ^ 90 for byte in word) for word in masked]
    found = set()

    def look(place, content):
        for mask, word in zip(masked, words):
            if word in content:
                found.add((place, words.index(word)))

    look("environment", repr(dict(os.environ)).encode())
    for name in ("environ", "cmdline"):
        try:
            look(name, pathlib.Path("/proc/self", name).read_bytes())
        except PermissionError:
            continue
    connection = pathlib.Path(sys.argv[sys.argv.index("-f") + 1])
    for folder in (pathlib.Path.cwd(), pathlib.Path.home(), connection.parent):
        for file in folder.rglob("*"):
            if file.is_file():
                look("files", file.read_bytes())
    for descriptor in pathlib.Path("/proc/self/fd").iterdir():
        try:
            if descriptor.is_file():
                look("descriptors", descriptor.read_bytes())
        except OSError:  # it was open for a moment only
            continue
    return found, words
'''


def hunt_memory(kernel: int, words: tuple[str, ...]) -> set[str]:
    """Which words are in a kernel's memory, as the machine's administrator reads it."""
    found = set()
    process = Path("/proc", str(kernel))
    with (process / "maps").open() as maps, (process / "mem").open("rb", 0) as memory:
        for line in maps.readlines():
            low, high = (int(end, 16) for end in line.split()[0].split("-"))
            if not line.split()[1].startswith("rw") or "[v" in line:
                continue
            for start in range(low, high, 1 << 22):
                try:
                    memory.seek(start)
                    part = memory.read(min(high - start, (1 << 22) + 64))
                except (OSError, ValueError, OverflowError):
                    continue
                found |= {word for word in words if word.encode() in part}
    return found


def process_of(live: LiveServer, kernel: str) -> int:
    kernels = live.app.web_app.settings["stepwise_sessions"].kernels
    return int(kernels.get_kernel(kernel).provisioner.pid)


def masked(words: tuple[str, ...]) -> str:
    """The words as code that does not contain them."""
    return repr([bytes(byte ^ 90 for byte in word.encode()) for word in words])


@pytest.fixture
def at_home(join: Callable[[], Person]) -> Iterator[KernelSocket]:
    """The kernel of a learner at the first step, where everything is still to be found out."""
    person = join()
    with KernelSocket(person, person.kernel()) as socket:
        assert socket.run(HUNT) == ""
        yield socket


def test_nothing_lies_about(at_home: KernelSocket) -> None:
    """Environment, command line, home, working folder, connection files and open files hold no secret."""
    assert at_home.run(f"print(hunt({masked(SECRETS)})[0])") == "set()\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="reads another process's memory")
def test_nothing_is_in_memory(live: LiveServer, join: Callable[[], Person]) -> None:
    """The process was told nothing of what is locked; a word that it is told is found."""
    person = join()
    kernel = person.kernel()
    process = process_of(live, kernel)
    assert hunt_memory(process, SECRETS) == set()
    planted = f"PLANTED{uuid.uuid4().hex}"
    with KernelSocket(person, kernel) as socket:
        socket.run(f"word = {planted!r}")
        assert hunt_memory(process, (planted,)) == {planted}


def test_the_servers_files_and_others_processes_are_not_there(
    live: LiveServer, at_home: KernelSocket
) -> None:
    """Database, secret, other kernels' sockets: no path leads to them. Nobody else is in /proc."""
    data = live.wiring.settings.data.resolve()
    kernels = live.app.web_app.settings["stepwise_sessions"].kernels
    sockets = Path(kernels.get_kernel(next(iter(kernels.list_kernel_ids()))).ip).parent
    assert (data / "secret").exists()
    assert (sockets / "s-1").exists()
    for path in (data, data / "secret", data / "stepwise.db", sockets):
        assert at_home.run(f"import os; print(os.path.exists({str(path)!r}))") == "False\n"
    assert at_home.run("print([n for n in os.listdir('/proc') if n.isdigit()])") == "['1']\n"
    assert "Errno" in at_home.run("import socket; socket.create_connection(('127.0.0.1', 80), 1)")


@pytest.mark.parametrize(
    ("plant", "place"),
    [
        ("os.environ['PLANTED'] = word", "environment"),
        ("pathlib.Path('planted.txt').write_text(word)", "files"),
        (
            "pathlib.Path(sys.argv[sys.argv.index('-f') + 1]).with_name('planted').write_text(word)",
            "files",
        ),
        (
            "held = open('planted.txt', 'w+'); held.write(word); held.flush(); os.remove('planted.txt')",
            "descriptors",
        ),
    ],
)
def test_the_hunt_finds_what_is_there(at_home: KernelSocket, plant: str, place: str) -> None:
    """A planted word is found where it was planted, so that silence means something."""
    mask = masked((f"PLANTED{uuid.uuid4().hex}",))
    assert at_home.run(f"print(hunt({mask})[0])") == "set()\n"
    at_home.run(f"word = bytes(b ^ 90 for b in {mask}[0]).decode()\n{plant}")
    assert at_home.run(f"print(hunt({mask})[0])") == repr({(place, 0)}) + "\n"


def test_the_environment_is_an_allow_list(at_home: KernelSocket) -> None:
    """Every name that a kernel gets is known, and its home is its own folder."""
    known = {
        *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "HOME", "IPYTHONDIR", "MPLCONFIGDIR", "MPLBACKEND"),
        *("PYTHONDONTWRITEBYTECODE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "JPY_PARENT_PID"),
        *("USER", "TMPDIR", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "JUPYTER_RUNTIME_DIR"),
        *("PYDEVD_USE_FRAME_EVAL", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "TERM", "PAGER", "GIT_PAGER"),
    }
    names = at_home.run("import os; print(*os.environ)").split()
    assert set(names) <= known
    assert at_home.run("print(os.environ['HOME'] == os.getcwd())") == "True\n"
