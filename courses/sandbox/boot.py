"""How a warm process is started: with this very Python, and with nothing of the server's but one socket."""

import os
import subprocess
import sys
from pathlib import Path

from courses.errors import NoSandboxHere, SandboxUnavailable
from courses.sandbox.config import Config

_BOOT = """
import sys
descriptor, root = sys.argv[1:]
sys.argv[:] = [""]
sys.path.insert(0, root)
from courses.sandbox.keeper import main
sys.path.remove(root)
main(int(descriptor))
"""
_PYTHON = ("-s", "-P", "-c")
_ROOT = str(Path(__file__).parents[2])
_ONE_THREAD = ("OPENBLAS", "OMP", "MKL", "NUMEXPR")


def require_linux() -> None:
    """Raises NoSandboxHere where a start cannot even be tried."""
    if sys.platform != "linux":
        raise NoSandboxHere("Sandboxes need Linux. Elsewhere, run kernels unsandboxed, for yourself only.")
    if not os.path.exists("/proc/self/stat"):
        raise NoSandboxHere("Sandboxes need /proc. Mount it where the server runs.")


def boot(config: Config, cache: Path, descriptor: int) -> "subprocess.Popen[bytes]":
    """Returns at once. `descriptor` is its end of the connection. Raises SandboxUnavailable."""
    try:
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *_PYTHON, _BOOT, str(descriptor), _ROOT],
            cwd="/",
            env=_environment(config, cache),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if config.show_errors else subprocess.DEVNULL,
            pass_fds=[descriptor],
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxUnavailable(f"{sys.executable} cannot be started: {error.strerror}.") from error


def _environment(config: Config, cache: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": str(cache),
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(cache),
        "PYTHONHASHSEED": str(config.hash_seed),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "2",
        **{f"{library}_NUM_THREADS": "1" for library in _ONE_THREAD},
    }
