"""Submissions that try to pass without being right, to read what is hidden, or to harm the machine.

What only sandboxes prevent is in `test_grading_sandbox`.
"""

import os
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from courses.grading.forked import SandboxLauncher, grading_config
from courses.grading.launching import PlainLauncher
from courses.grading.runner import ProcessGrader
from courses.sandbox.warm_server import WarmServer
from courses.services.ports import GradingJob, Limits
from tests.leftovers import left_in_temporary
from tests.security.sandbox.bench import until

pytestmark = pytest.mark.xdist_group("grading-hostile")

SECRET = "k9-hidden-value"
HIDDEN = f'assert answer() == "{SECRET}", "Not yet."'


@pytest.fixture(scope="module", params=["plain", "sandbox"])
def grader(request, tmp_path_factory):
    """Both launchers pass the same suite."""
    if request.param == "plain":
        yield ProcessGrader(PlainLauncher(), at_once=2, patience=60)
        return
    grader = ProcessGrader(
        SandboxLauncher(WarmServer(grading_config(), tmp_path_factory.mktemp("run"))), at_once=2, patience=60
    )
    yield grader
    grader.stop()


@pytest.fixture
def grade(grader):
    def run(source, wall=15.0, **fields):
        limits = fields.pop("limits", Limits())
        return grader.grade(GradingJob(source, limits=replace(limits, wall=wall), **fields))

    return run


LIAR = """
class Liar{base}:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
"""


@pytest.mark.parametrize("base", ["(int)", "(str)", "(list)", "(float)", ""])
def test_lying_equality(grade, base):
    """An object whose `==` lies never equals anything: only exact types cross as values."""
    source = LIAR.format(base=base) + "x = Liar()\ndef answer(): return Liar()"
    report = grade(source, tests="assert x == 16", hidden_tests=HIDDEN)
    assert report.outcome != "passed"


@pytest.mark.parametrize("name", ["total", "printed", "run", "source", "raises", "figures", "__builtins__"])
def test_names_of_the_tests_are_theirs(grade, name):
    """A submission that defines the tests' own names does not change what the tests use."""
    source = f"{name} = 5\ndef answer(): return 0"
    assert grade(source, hidden_tests=HIDDEN).outcome == "failed"


@pytest.mark.parametrize(
    ("source", "test"),
    [
        ("low = 9\ndef abs(x): return 0", "assert abs(low - 2.5) < 0.05"),
        ("low = 'x'\ndef isinstance(*a): return True", "assert isinstance(low, float)"),
        ("import math\nmath.isclose = lambda *a: True\nlow = 9", "assert math.isclose(low, 2.5)"),
    ],
)
def test_builtins_and_modules_are_real(grade, source, test):
    """A builtin or a module that the tests use is the real one, whatever the submission makes of it."""
    report = grade(source, tests=test)
    assert report.outcome == "failed", report


PATCHES = [
    "import builtins as b\nb.len = lambda x: 16\nb.repr = lambda x: '16'\nb.isinstance = lambda *a: True",
    "import json\njson.dumps = lambda *a, **k: '{\"value\": 16}'",
    "import sys\nfor m in list(sys.modules):\n    if 'courses' in m: del sys.modules[m]",
    "import socket\nsocket.socket.sendall = lambda *a: None",
    "import gc\nfor o in gc.get_objects():\n  if type(o).__name__ == 'Exchange': o.encode = lambda *a: 16",
    "import atexit, os\natexit.register(os._exit, 0)",
    "import sys\nsys.settrace(lambda *a: None)\nsys.exit = None",
    "import ast\nast.parse = None",
    "import operator, importlib\noperator.eq = lambda a, b: True",
]


@pytest.mark.parametrize("patch", PATCHES)
def test_patched_interpreter(grade, patch):
    """Whatever a submission does to its own interpreter, the verdict is made in another."""
    report = grade(f"{patch}\ntotal = 1\ndef answer(): return 1", wall=5, tests="assert total == 17")
    assert report.outcome != "passed"


FORGERIES = [
    # frames for the server, as the examiner would write them, on every descriptor
    """
import json, os, struct
for verdict in ({"verdict": "passed"}, {"printed": ""}, {"value": 16}, {"mistake": 0, "traces": []}):
    body = json.dumps(verdict).encode()
    for fd in range(3, 64):
        for address in (0, 1, 0xFFFFFFFF):
            try: os.write(fd, struct.pack(">II", len(body), address) + body)
            except OSError: pass
""",
    # a frame that claims to be endless
    """
import os
for fd in range(3, 64):
    try: os.write(fd, b"\\xff" * 8)
    except OSError: pass
""",
    # close everything
    "import os\nos.closerange(3, 256)",
    # swap the connection's ends
    "import os\nfor fd in range(3, 20):\n    try: os.dup2(2, fd)\n    except OSError: pass",
]


@pytest.mark.parametrize("source", FORGERIES)
def test_forged_frames(grade, source):
    """What a submission writes to its descriptors is never a verdict."""
    report = grade(
        source + "\ndef answer(): return 0", wall=5, tests="assert answer() == 1", hidden_tests=HIDDEN
    )
    assert report.outcome not in ("passed", "failed") or not all(t.passed for t in report.tests)
    assert report.outcome != "passed"


def test_forged_replies(grade):
    """Replies with malformed or dangerous values are an error, never code that runs in the tests."""
    for value in (
        {"t": "np.array", "v": ["|O", [1], "AAAA"]},
        {"t": "type", "v": "eval"},
        {"t": "module", "name": "os", "id": 1},
        {"t": "exception", "bases": ["__import__"], "id": 1},
        {"t": "mine", "id": 3},
        {"t": "nothing"},
        {"no": "kind"},
        ["x"] * 3,
    ):
        source = (
            "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Exchange':\n        r = o\n"
        )
        source += f"type(r).encode = lambda self, v, by_name=True: {value!r}\nx = 1"
        assert grade(source, wall=5, tests="assert x == 16").outcome != "passed"


def test_frames_and_memory_hold_no_test(grade):
    """No frame, object, file, argument or environment of the submission's process tells of the tests."""
    source = """
import gc, os, sys
def look():
    found, frame = [], sys._getframe()
    while frame:
        found += [repr(frame.f_locals), repr(frame.f_code.co_consts)]
        frame = frame.f_back
    for root, _, names in os.walk(".."):
        found += [open(os.path.join(root, n), errors="replace").read() for n in names]
    found += [open("/proc/self/cmdline").read(), repr(os.environ)]
    try: found.append(open("/proc/self/environ").read())
    except PermissionError: pass  # in a sandbox
    found += [o for o in gc.get_objects() if isinstance(o, str)]
    found += [repr(o)[:100000] for o in gc.get_objects() if type(o) in (list, dict, tuple)]
    return any("-".join(["k9", "hidden", "value"]) in text for text in found)
at_start = look()
def answer(): return look()
"""
    hidden = f'secret = "{SECRET}"\nassert at_start is False and answer() is False'
    report = grade(source, wall=60, hidden_tests=hidden, limits=Limits(memory_mb=4096, cpu=60))
    assert report.outcome == "passed", report


def test_own_memory_holds_no_test(grade):
    """A scan of the submission's own memory finds nothing of the hidden tests."""
    source = """
import re
needle = bytes(c ^ 90 for c in NEEDLE)
def answer():
    try: return scan()
    except PermissionError: return False  # in a sandbox
def scan():
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            low, high = (int(x, 16) for x in line.split()[0].split("-"))
            if "rw" not in line or "[v" in line: continue
            try:
                memory.seek(low)
                if memory.read(high - low).count(needle) > 3: return True
            except (OSError, ValueError, OverflowError): pass
    return False
""".replace("NEEDLE", repr(bytes(c ^ 90 for c in SECRET.encode())))
    hidden = f'assert answer() is False, "{SECRET}"'
    assert grade(source, wall=30, hidden_tests=hidden, limits=Limits(memory_mb=4096)).outcome == "passed"


def test_other_processes_cannot_be_read(grade):
    """The tests' process cannot be read through /proc; nor, for a server that runs as root, the server's."""
    source = """
import os
def answer():
    readable = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = open(f"/proc/{pid}/cmdline").read()
            if "examiner" in command or int(pid) == SERVER:
                open(f"/proc/{pid}/mem", "rb").close()
                readable.append(int(pid) == SERVER)
        except OSError:
            pass
    return readable
""".replace("SERVER", str(os.getpid()))
    expected = "[]" if os.geteuid() == 0 else "[] or answer() == [True]"
    report = grade(source, tests=f"assert answer() == {expected}")
    assert report.outcome == "passed", report


def test_environment_is_clean(grade, monkeypatch):
    """A submission sees nothing of the server's environment."""
    monkeypatch.setenv("STEPWISE_SECRET", SECRET)
    source = (
        "import os\nleak = [k for k, v in os.environ.items() if 'hidden' in v or k == 'STEPWISE_SECRET']\n"
    )
    source += "names = ('VIRTUAL_ENV', 'PYTHONPATH', 'USER')\n"
    source += "raised = [k for k in names if os.environ.get(k) not in (None, 'learner')]"
    assert grade(source, tests="assert leak == [] and raised == []").outcome == "passed"


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError(values)",
        "raise type('E' + str(values[0]), (ValueError,), {})()",
        "print(values); return values",
        "import sys; print(values, file=sys.stderr); return values",
        "import os; os.write(1, repr(values).encode()); return values",
        "import subprocess; subprocess.run(['echo', str(values)]); return values",
        "import os; open('../../printed-1', 'w').write(str(values)); return values",
        "return 1 / 0 if print(values) is None else 0",
        "import os; print(values, flush=True); os._exit(3)",
        "import os\n    print(values)\n    while True: print(values)",
    ],
)
def test_hidden_values_do_not_come_back(grade, body):
    """Nothing that a submission says while hidden tests run reaches the learner."""
    source = f"print('own')\ndef f(values):\n    {body}"
    report = grade(source, wall=3, hidden_tests='assert f([717171]) == 0, "Try other lists."')
    assert report.outcome != "passed"
    assert "717171" not in repr((report.tests, report.printed, report.traceback))
    assert report.printed == "own\n"


def alive(mark):
    found = []
    for process in psutil.process_iter():
        try:
            if mark in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


SLEEPER = "import subprocess, sys\n"
SURVIVORS = {
    "child": "subprocess.Popen(['sleep', MARK])",
    "new session": "subprocess.Popen(['sleep', MARK], start_new_session=True)",
    "double fork": "import os\nif os.fork() == 0:\n    os.setsid()\n"
    "    subprocess.Popen(['sleep', MARK], start_new_session=True)\n    os._exit(0)",
    "parents killed": "import os, signal\nif os.fork() == 0:\n    os.setsid()\n"
    "    subprocess.Popen(['sleep', MARK], start_new_session=True)\n    os._exit(0)\n"
    "os.wait()\nos.kill(os.getppid(), signal.SIGKILL)",
}


@pytest.mark.parametrize("how", SURVIVORS)
def test_no_process_survives(grade, how):
    """Nothing that a submission starts outlives its grading, however it hides."""
    mark = f"98765.{list(SURVIVORS).index(how)}{os.getpid()}"
    grade(SLEEPER + SURVIVORS[how].replace("MARK", repr(mark)) + "\nx = 1", tests="assert x == 1")
    assert until(lambda: alive(mark) == [])


def test_threads_do_not_hold_it_up(grade):
    """A thread that runs on for ever ends with the process, long before the submission's time is over."""
    source = "import threading\nthreading.Thread(target=threading.Event().wait).start()\nx = 1"
    outcomes = []

    def grade_it():
        outcomes.append(grade(source, wall=3600, tests="assert x == 1").outcome)

    threading.Thread(target=grade_it, daemon=True).start()
    assert until(lambda: outcomes, seconds=120)
    assert outcomes == ["passed"]


def test_fork_bomb(grade):
    """Processes beyond the limit end the whole tree (the bomb is bounded, should that fail)."""
    mark = f"600.{os.getpid()}"
    source = f"import os\nfor _ in range(9):\n    os.fork()\nos.execvp('sleep', ['sleep', '{mark}'])"
    report = grade(source, wall=15, tests="assert True", limits=Limits(processes=40))
    assert report.outcome in ("processes", "error")  # and not in "timeout"
    assert alive(mark) == []


def test_deleting_files(grade):
    """A submission that deletes all it can harms neither its tests nor the course's files."""
    source = """
import shutil, pathlib
for place in (".", "..", "../..", "data"):
    shutil.rmtree(place, ignore_errors=True)
x = 1
"""
    files = {"data/a.txt": b"1", "private/b.txt": b"2"}
    tests = "assert x == 1 and open('private/b.txt').read() == '2'"
    assert grade(source, files=files, tests=tests).outcome == "passed"


def test_nothing_is_left_behind(grade, tmp_path, monkeypatch):
    """The folders of a grading are removed, unwritable ones too."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    source = "import os\nos.makedirs('a/b')\nopen('a/b/c', 'w').close()\nos.chmod('a/b', 0)\nos.chmod('a', 0)"
    grade(source, files={"data/x/y.txt": b"1"}, tests="assert True")
    assert until(lambda: left_in_temporary() == [])


def test_no_privilege_is_left(grade):
    """A grading process keeps no capability and can gain none."""
    source = "state = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
    source += "caps, nnp = int(state['CapEff'], 16), int(state['NoNewPrivs'])"
    assert grade(source, tests="assert caps == 0 and nnp == 1").outcome == "passed"


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 100_000 + "1",
        "x = 1" + " + 1" * 50_000,
        "\x00",
        "x = '\ud800'",
        "x" * 90_000,
        "if True:\n" + "".join(" " * i + "if True:\n" for i in range(1, 150)),
    ],
    ids=["parentheses", "minuses", "sum", "null", "surrogate", "name", "indentation"],
)
def test_sources_that_hurt_parsers(grade, source):
    """Source that is hard to parse is an outcome like any other."""
    report = grade(source, tests="assert x", mistakes=("x = 2",))
    assert report.outcome in ("error", "crash", "memory", "failed", "passed")


def test_folder_of_the_server_is_not_the_working_folder(grade):
    """A submission works in a folder of its own."""
    report = grade("import os\nplace = os.getcwd()", tests="assert 'work' in place")
    assert report.outcome == "passed"
    assert not Path("printed-1").exists()
