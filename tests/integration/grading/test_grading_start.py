"""A grading process that cannot be started leaves nothing behind."""

import errno
import os
from pathlib import Path

import pytest

from courses.errors import SandboxUnavailable
from courses.grading.forked import SandboxLauncher, grading_config
from courses.sandbox import wire
from courses.sandbox.config import UIDS
from courses.sandbox.warm_server import WarmServer
from courses.services.ports import Limits
from tests.security.sandbox.bench import until


def test_a_start_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the server has no descriptor to give, or the job cannot be told: no child, no place taken."""
    (tmp_path / "files").mkdir()
    tmp_path.chmod(0o755)
    (tmp_path / "files").chmod(0o755)
    warm = WarmServer(grading_config(), Path("/tmp"))
    launcher = SandboxLauncher(warm)
    zygote = launcher.require_sandbox()

    def no_descriptor(name: str) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    def no_peer(*_: object) -> None:
        raise BrokenPipeError

    try:
        with monkeypatch.context() as patched:
            patched.setattr(os, "memfd_create", no_descriptor)
            with pytest.raises(OSError, match="open files"):
                launcher.start("prefix", tmp_path, Limits())
        send = wire.send
        with monkeypatch.context() as patched:
            patched.setattr(wire, "send", lambda c, m, d=(): no_peer() if "role" in m else send(c, m, d))
            with pytest.raises(SandboxUnavailable, match="has ended"):
                launcher.start("prefix", tmp_path, Limits())
        assert until(lambda: zygote.places.free == UIDS)
        assert not list(zygote.folder.path.glob("[0-9]*"))
    finally:
        warm.stop()
