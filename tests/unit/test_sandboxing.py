"""Whether a server does without a sandbox is the machine's to force and the operator's to allow."""

from typing import Any

import pytest

from courses.errors import NoSandboxHere, SandboxUnavailable
from courses.sandboxing import Sandbox


class FailingServer:
    """Stands for a WarmServer whose processes do not get ready."""

    def __init__(self, error: SandboxUnavailable) -> None:
        self._error = error

    def zygote(self) -> Any:
        raise self._error

    def fork(self, _entry: str) -> Any:
        raise self._error


def sandbox(error: SandboxUnavailable, *, allowed: bool, tried: bool = True) -> Sandbox:
    warm: Any = FailingServer(error) if tried else None
    return Sandbox(warm, str(error), allow_unsandboxed=allowed)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_failed_start_never_means_plain_kernels(allowed: bool) -> None:
    """Kernels are refused with the reason, and the operator reads that."""
    found = sandbox(SandboxUnavailable("It ended."), allowed=allowed)
    kernels = found.kernels()
    assert kernels is not None
    with pytest.raises(SandboxUnavailable, match="It ended"):
        kernels.fork("entry")
    assert "cannot be started" in found.report() and "WITHOUT" not in found.report()


@pytest.mark.parametrize("tried", [True, False])
def test_a_machine_without_sandboxes_needs_leave(tried: bool) -> None:
    """Only the operator's leave makes kernels plain."""
    error = NoSandboxHere("No namespaces.")
    allowing, refusing = (sandbox(error, allowed=allowed, tried=tried) for allowed in (True, False))
    assert allowing.kernels() is None and "WITHOUT a sandbox" in allowing.report()
    kernels = refusing.kernels()
    assert kernels is not None
    with pytest.raises(SandboxUnavailable, match="No namespaces"):
        kernels.fork("entry")
    assert "--allow-unsandboxed" in refusing.report()
