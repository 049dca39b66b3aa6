"""What code in a sandbox tries against the machine and its server fails, and succeeds without one."""

import errno
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.security.sandbox.attacks import ALL, CALL, PROCESSES, ROOTS
from tests.security.sandbox.bench import IS_ROOT, Bench, Denied, as_ordinary_user

INSTALLATION = "write into the Python installation"


def _greet(listener: socket.socket) -> None:
    while True:
        try:
            peer, _ = listener.accept()
        except OSError:
            return
        with peer:
            peer.sendall(b"hello")


def _answer(listener: socket.socket) -> None:
    while True:
        try:
            _, sender = listener.recvfrom(100)
        except OSError:
            return
        if sender is None:
            return
        listener.sendto(b"an answer", sender)


@pytest.fixture(scope="module")
def victim() -> Iterator[dict[str, Any]]:
    """A server's files, sockets and process, as careless as they can be."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp")))
        folder.chmod(0o755)
        (folder / "open").mkdir()
        (folder / "open").chmod(0o777)
        for mode in (0o600, 0o644):
            file = folder / f"secret-{mode:o}"
            file.write_text("the answers")
            file.chmod(mode)
        tcp, udp = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        named, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        named.bind(str(folder / "named"))
        datagrams.bind(str(folder / "datagrams"))
        abstract.bind(f"\0stepwise-{os.getpid()}")
        for file in ("named", "datagrams"):
            (folder / file).chmod(0o777)
        for listener, act in ((tcp, _greet), (named, _greet), (abstract, _greet), (udp, _answer)):
            if act is _greet:
                listener.listen()
            threading.Thread(target=act, args=(listener,), daemon=True).start()
            stack.callback(_shut, listener)
        stack.callback(datagrams.close)
        program = "import ctypes, sys\nb = ctypes.create_string_buffer(b'x' * 64)\n"
        program += "print(ctypes.addressof(b), flush=True)\nsys.stdin.read()"
        server = subprocess.Popen(
            [sys.executable, "-c", program],
            env={"SERVER_SECRET": "the key"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        stack.callback(server.wait)
        stack.callback(server.kill)
        stack.enter_context(server.stdin)
        stack.enter_context(server.stdout)
        yield {
            "folder": str(folder),
            "open_folder": str(folder / "open"),
            "secret_0600": str(folder / "secret-600"),
            "secret_0644": str(folder / "secret-644"),
            "server": server.pid,
            "address": int(server.stdout.readline()),
            "tcp": tcp.getsockname()[1],
            "udp": udp.getsockname()[1],
            "named": str(folder / "named"),
            "datagrams": str(folder / "datagrams"),
            "abstract": f"stepwise-{os.getpid()}",
        }


def _shut(listener: socket.socket) -> None:
    try:
        listener.shutdown(socket.SHUT_RDWR)
    except OSError as error:
        assert error.errno in (errno.ENOTCONN, errno.EINVAL)
    listener.close()


def attempt(bench: Bench, name: str, victim: dict[str, Any]) -> Any:
    sibling, child = bench.child(), bench.child()
    child.run(CALL + "work = place.work")
    return child.run(ALL[name], **victim, sibling=sibling.lease.pid, zygote=bench.facts.pid)


@pytest.mark.parametrize("name", ALL)
def test_an_attack_fails_in_a_sandbox(bench: Bench, name: str, victim: dict[str, Any]) -> None:
    """Whatever the layers, something says no; and the child goes on."""
    with pytest.raises(Denied, match=r"Error"):
        attempt(bench, name, victim)


@pytest.mark.parametrize("name", [name for name in PROCESSES if name != "see other processes"])
def test_processes_of_the_same_user(same_user: Bench, name: str, victim: dict[str, Any]) -> None:
    """Also where nothing but filters stands between a child and the server."""
    with pytest.raises(Denied, match=r"Error"):
        attempt(same_user, name, victim)


@pytest.mark.parametrize("name", ALL)
def test_the_same_attack_succeeds_without_one(unconfined: Bench, name: str, victim: dict[str, Any]) -> None:
    """Only then does its failure show anything."""
    if (name in ROOTS and not IS_ROOT) or (name == INSTALLATION and not os.access(sys.prefix, os.W_OK)):
        pytest.skip("an ordinary user cannot do it anyway")
    try:
        assert attempt(unconfined, name, victim)
    except Denied as refusal:
        assert "vsock" in name, refusal
        pytest.skip(f"this kernel has none: {refusal}")


@pytest.mark.skipif(not IS_ROOT, reason="these are the tests of an ordinary user already")
def test_sandboxes_of_an_ordinary_user() -> None:
    """All of this folder's tests, started by a user without rights, in both modes."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as outer:
        Path(outer).chmod(0o755)
        folder = Path(outer, "home")
        folder.mkdir()
        options = ["-q", "-n", "0", "-p", "no:cacheprovider", "--confcutdir=tests/security/sandbox", "-rs"]
        options += [f"--basetemp={folder}/pytest", "tests/security/sandbox"]
        done = as_ordinary_user([sys.executable, "-m", "pytest", *options], folder)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
