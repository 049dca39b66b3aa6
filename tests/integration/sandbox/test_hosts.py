"""Folders, mounts and machines that will do, and those that will not; what passes between the processes."""

import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from courses.errors import SandboxUnavailable
from courses.sandbox import wire
from courses.sandbox.client import Zygote, probe
from courses.sandbox.config import Config
from tests.security.sandbox.bench import ENTRIES, IMPORTS


def test_run_folders_that_cannot_be_used(base: Path) -> None:
    """Each is said in a sentence with the folder and the setting."""
    (base / "file").write_text("")
    with pytest.raises(SandboxUnavailable, match=r"file.*run_folder"):
        Zygote(Config(mode="none"), base / "file").start()
    long = base / ("x" * 90)
    zygote = Zygote(Config(mode="none", **IMPORTS), long).start()
    with pytest.raises(SandboxUnavailable, match=r"xxx.*107.*run_folder"):
        zygote.fork(f"{ENTRIES}:say_and_end", sockets=True)
    lease = zygote.fork(f"{ENTRIES}:say_and_end")
    assert lease.wait(10) == 7
    lease.close()
    zygote.stop()


def test_mounts_that_cannot_be_shown(zygote: Zygote, base: Path) -> None:
    """Paths that leave the work folder, and folders that are none."""
    for inside in ("../data", "/data", ""):
        with pytest.raises(ValueError, match="beneath the work folder"):
            zygote.fork(f"{ENTRIES}:say_and_end", mounts={inside: base})
    with pytest.raises(SandboxUnavailable, match="not a folder"):
        zygote.fork(f"{ENTRIES}:say_and_end", mounts={"data": base / "missing"})


def test_what_a_host_gives_can_be_asked(base: Path) -> None:
    """The probe tries, and leaves nothing."""
    layers = probe(base)
    assert layers.closed
    assert not list(base.iterdir())


def test_another_system(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere than on Linux it is said that there is none."""
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxUnavailable, match="Linux"):
        Zygote(Config(mode="none"), base).start()


def test_messages_with_descriptors_come_whole() -> None:
    """A message larger than the socket's buffer, with descriptors, from one end to the other."""
    ours, theirs = socket.socketpair()
    long = "x" * 3_000_000
    with ours, theirs, ThreadPoolExecutor(1) as pool:
        sent = pool.submit(wire.send, ours, {"long": long}, (0, 1))
        message, descriptors = wire.receive(theirs)
        sent.result()
        assert message == {"long": long}
        assert len(descriptors) == 2
        wire.close(descriptors)
        ours.shutdown(socket.SHUT_RDWR)
        with pytest.raises(EOFError):
            wire.receive(theirs)
