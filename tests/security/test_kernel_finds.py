"""What a learner's kernel can find of what must stay on the server.

Kernels are not in a sandbox: one that looks for the database's file by its name can read it. These
tests hold the other line: nothing is handed to a kernel, so nothing lies where it is at home.
"""

import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.atlas import SECRETS
from tests.hostile import KernelSocket, Person

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
        look(name, pathlib.Path("/proc/self", name).read_bytes())
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
MEMORY = '''
def hunt_memory(masked):
    """Which words are in this process's memory, looked for without ever being whole in it."""
    found = set()
    turn = bytes(byte ^ 90 for byte in range(256))
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps.readlines():
            low, high = (int(end, 16) for end in line.split()[0].split("-"))
            if not line.split()[1].startswith("rw") or "[v" in line:
                continue
            for start in range(low, high, 1 << 22):
                try:
                    memory.seek(start)
                    part = memory.read(min(high - start, (1 << 22) + 64)).translate(turn)
                except (OSError, ValueError, OverflowError):
                    continue
                found |= {number for number, word in enumerate(masked) if word in part}
                del part
    return found
'''


def masked(words: tuple[str, ...]) -> str:
    """The words as code that does not contain them."""
    return repr([bytes(byte ^ 90 for byte in word.encode()) for word in words])


@pytest.fixture
def at_home(join: Callable[[], Person]) -> Iterator[KernelSocket]:
    """The kernel of a learner at the first step, where everything is still to be found out."""
    person = join()
    with KernelSocket(person, person.kernel()) as socket:
        assert socket.run(HUNT + MEMORY) == ""
        yield socket


def test_nothing_lies_about(at_home: KernelSocket) -> None:
    """Environment, command line, home, working folder, connection files and open files hold no secret."""
    assert at_home.run(f"print(hunt({masked(SECRETS)})[0])") == "set()\n"


def test_nothing_is_in_memory(at_home: KernelSocket) -> None:
    """The process was started afresh and told nothing of what is locked."""
    assert at_home.run(f"print(hunt_memory({masked(SECRETS)}))") == "set()\n"


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


def test_the_hunt_in_memory_finds_what_is_there(at_home: KernelSocket) -> None:
    """One word, held by one variable."""
    mask = masked(("PLANTEDWORD",))
    assert at_home.run(f"print(hunt_memory({mask}))") == "set()\n"
    at_home.run(f"word = bytes(b ^ 90 for b in {mask}[0]).decode()")
    assert at_home.run(f"print(hunt_memory({mask}))") == "{0}\n"


def test_the_environment_is_an_allow_list(at_home: KernelSocket) -> None:
    """Every name that a kernel gets is known, and its home is its own folder."""
    known = {
        *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "HOME", "IPYTHONDIR", "MPLCONFIGDIR", "MPLBACKEND"),
        *("PYTHONDONTWRITEBYTECODE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "JPY_PARENT_PID"),
        *("PYDEVD_USE_FRAME_EVAL", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "TERM", "PAGER", "GIT_PAGER"),
    }
    names = at_home.run("import os; print(*os.environ)").split()
    assert set(names) <= known
    assert at_home.run("print(os.environ['HOME'] == os.getcwd())") == "True\n"
