"""What a child sees of the server and of earlier children, and what it leaves behind: nothing."""

import secrets
import sys
from pathlib import Path

import psutil
import pytest

from courses.errors import SandboxUnavailable
from tests.security.sandbox.bench import Bench, Denied, running, until

OUTLIVE = """
import os, subprocess
def away():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid() if os.getpgrp() != os.getpid() else None
            os.execv("/bin/sleep", ["sleep", "30", "30." + mark])
        os._exit(0)
for _ in range(3):
    away()
subprocess.Popen(["/bin/sleep", "30", "30." + mark], start_new_session=True)
result = True
"""
SCAN = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
mask = bytes(byte ^ 0x5A for byte in range(256))
veiled = bytes.fromhex(veiled)
result = 0
with open("scan", "w+b", 0) as scan:
    for line in open("/proc/self/maps").read().splitlines():
        area, rights = line.split()[:2]
        if rights[0] != "r" or "[v" in line:
            continue
        low, high = (int(end, 16) for end in area.split("-"))
        for start in range(low, high, 1 << 20):
            scan.seek(0)
            size = min((1 << 20) + 64, high - start)
            written = libc.write(scan.fileno(), ctypes.c_void_p(start), ctypes.c_size_t(size))
            if written > 0:
                scan.seek(0)
                result += scan.read(written).translate(mask).count(veiled)
"""


def veiled(mark: str) -> str:
    """A mark, so that looking for it does not put it into memory."""
    return bytes(byte ^ 0x5A for byte in mark.encode()).hex()


def survivors(bench: Bench) -> list[psutil.Process]:
    mark = str(secrets.randbelow(10**9))
    child = bench.child()
    assert child.run(OUTLIVE, mark=mark)
    assert until(lambda: len(running(f"30.{mark}")) == 4)
    child.lease.close()
    until(lambda: not running(f"30.{mark}"), 1.0)
    return running(f"30.{mark}")


def test_nothing_outlives_a_child(bench: Bench) -> None:
    """Daemons, sessions of their own and programs end with it."""
    assert not survivors(bench)


def test_a_childs_end_is_no_other_childs(same_user: Bench) -> None:
    """What a living child has started goes on when another ends, whoever its parent was."""
    mark = str(secrets.randbelow(10**9))
    child, other = same_user.child(), same_user.child()
    assert child.run(OUTLIVE, mark=mark)
    assert until(lambda: len(running(f"30.{mark}")) == 4)
    other.lease.close()
    assert len(running(f"30.{mark}")) == 4
    child.lease.close()
    assert until(lambda: not running(f"30.{mark}"))


def test_without_a_sandbox_things_do(unconfined: Bench) -> None:
    """The attempts are real ones."""
    left = survivors(unconfined)
    for process in left:
        process.kill()
    assert len(left) == 4


def test_processes_of_a_childs_own_child(bench: Bench) -> None:
    """A child may fork others that live in the same sandbox; they end with it."""
    child = bench.child("run_and_fork")
    inner = child.run("import os\nresult = [os.getpid(), os.getppid()]")
    assert inner[0] != inner[1]
    with pytest.raises(Denied, match="Error"):
        child.run("open('/etc/shadow')")
    child.lease.close()
    assert until(lambda: not psutil.pid_exists(child.lease.pid))


@pytest.mark.parametrize("mode", ["bench", "unconfined"])
def test_memory_of_other_children(mode: str, request: pytest.FixtureRequest) -> None:
    """What the server says to one child is not in the next one's memory; what it says to that is."""
    bench: Bench = request.getfixturevalue("private" if mode == "bench" else mode)
    first, own = secrets.token_hex(16), secrets.token_hex(16)
    earlier = bench.child()
    earlier.run("result = kept = told", told=first)
    child = bench.child()
    child.run("kept = told", told=own)
    assert child.run(SCAN, veiled=veiled(own)) > 0
    assert child.run(SCAN, veiled=veiled(first)) == 0


def test_environment(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child is told harmless names alone."""
    names = set(bench.child().run("import os\nresult = list(os.environ)"))
    assert names <= {
        *("PATH", "LANG", "HOME", "USER", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR", "PYTHONDONTWRITEBYTECODE"),
        *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "LC_CTYPE"),
    }


def test_descriptors(bench: Bench) -> None:
    """A child holds the standard streams, closed off, and its payload."""
    code = """
import os
result = []
for number in range(3, 256):
    try:
        os.fstat(number)
    except OSError:
        continue
    result.append(number)
"""
    assert len(bench.child().run(code)) == 1


def test_rights(bench: Bench) -> None:
    """No capabilities, none to be had, and a filter on system calls."""
    status = bench.child().run("result = open('/proc/self/status').read()").splitlines()
    fields = {key: value.strip() for key, _, value in (line.partition(":") for line in status)}
    assert int(fields["CapEff"], 16) == int(fields["CapPrm"], 16) == 0
    assert fields["NoNewPrivs"] == "1"
    assert fields["Seccomp"] == "2"


def test_the_root_is_small(private: Bench) -> None:
    """It has Python, the system's libraries, and nothing of the server's."""
    child = private.child()
    assert child.run("import os\nresult = sorted(os.listdir('/home'))") == ["learner"]
    assert child.run("import os\nresult = os.listdir('/run')") in (["sockets"], ["sockets", "tmp"])
    assert child.run("import os\nresult = os.listdir('.')") == []
    code = "import subprocess, sys\nresult = subprocess.run([sys.executable, '-c', 'print(6 * 7)'], "
    assert child.run(code + "capture_output=True, text=True).stdout.strip()") == "42"
    with pytest.raises(Denied, match=r"Read-only file system|PermissionError"):
        child.run("import os\nos.mkdir('/srv')")


@pytest.mark.parametrize("mode", ["namespaces", "landlock"])
def test_folders_shown_to_a_child(mode: str, tmp_path: Path) -> None:
    """A mount can be read beneath the work folder and not changed; what was not given is not there."""
    bench = Bench(mode)
    try:
        given = bench.folder / "given"
        given.mkdir(mode=0o755)
        (given / "table.csv").write_text("1,2")
        child = bench.child(mounts={"data": given})
        assert child.run("result = open('data/table.csv').read()") == "1,2"
        for code in ("open('data/new', 'w')", "open('data/table.csv', 'a')", "os.unlink('data/table.csv')"):
            with pytest.raises(Denied, match=r"PermissionError|Read-only"):
                child.run("import os\n" + code)
        with pytest.raises(Denied, match="Error"):
            bench.child().run(f"result = open({str(given / 'table.csv')!r}).read()")
    finally:
        bench.close()


def test_hidden_folders_are_covered(tmp_path: Path) -> None:
    """A secret that lies in a folder that is shown is not seen; what lies beside it is."""
    shown = Bench("none")
    (shown.folder / "package" / "secrets").mkdir(parents=True)
    (shown.folder / "package" / "secrets" / "key").write_text("the key")
    (shown.folder / "package" / "module.py").write_text("x = 1")
    where = shown.folder / "package"
    bench = Bench("namespaces", shown=(str(where),), hidden=(str(where / "secrets"),))
    try:
        assert bench.child().run(f"result = open({str(where / 'module.py')!r}).read()") == "x = 1"
        with pytest.raises(Denied, match="Error"):
            bench.child().run(f"result = open({str(where / 'secrets' / 'key')!r}).read()")
        control = Bench("namespaces", shown=(str(where),))
        try:
            assert (
                control.child().run(f"result = open({str(where / 'secrets' / 'key')!r}).read()") == "the key"
            )
        finally:
            control.close()
        with pytest.raises(SandboxUnavailable, match="must stay hidden"):
            Bench("landlock", shown=(str(where),), hidden=(str(where / "secrets"),))
    finally:
        bench.close()
        shown.close()


def test_the_installation_may_hide_a_folder() -> None:
    """Even what lies in the Python installation can be hidden."""
    inside = str(Path(sys.prefix) / "lib")
    with pytest.raises(SandboxUnavailable, match="must stay hidden"):
        Bench("landlock", hidden=(inside,))
