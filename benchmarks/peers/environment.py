"""The peers' own virtual environment: exact versions, each with its hash, and nothing of the platform's.

It is made anew when `constraints.txt` changes, and otherwise found as it is.
"""

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from benchmarks.rounds import say

HERE = Path(__file__).parent
FOLDER = HERE / ".venv"
CONSTRAINTS = HERE / "constraints.txt"
INSTALL_SECONDS = 900


class PeerFailed(Exception):
    """A peer could not be installed, or did not do its work."""


@dataclass(frozen=True)
class Peers:
    """`bin` holds the peers' programs. With a `problem` there are none, and it says why."""

    bin: Path
    problem: str = ""

    @property
    def python(self) -> Path:
        return self.bin / "python"

    def require(self) -> None:
        """Raises PeerFailed with the reason when there are no peers."""
        if self.problem:
            raise PeerFailed(self.problem)

    def environment(self, home: Path) -> dict[str, str]:
        """What a peer's process is given, so that it finds nothing of the user's and keeps nothing."""
        places = {name: str(home / name.lower()) for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR")}
        settings = {name: str(home / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        path = os.pathsep.join([str(self.bin), inherited.get("PATH", os.defpath)])
        (home / "jupyter_runtime_dir").mkdir(exist_ok=True)
        return {**inherited, **places, **settings, "HOME": str(home), "PATH": path}


def find_peers() -> Peers:
    """Installs them if need be. Never raises: without them the platform is measured alone."""
    mark = FOLDER / "installed"
    wanted = sha256(CONSTRAINTS.read_bytes()).hexdigest()
    peers = Peers(FOLDER / "bin")
    if mark.exists() and mark.read_text() == wanted:
        return peers
    say(f"Installing the peers into {FOLDER} …")
    try:
        venv.create(FOLDER, clear=True, with_pip=True)
        _install(peers.python)
    except (OSError, subprocess.SubprocessError) as error:
        return Peers(FOLDER / "bin", _problem(error))
    mark.write_text(wanted)
    return peers


def _install(python: Path) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*command, "--require-hashes", "-r", str(CONSTRAINTS)],
        check=True,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
    )


def _problem(error: Exception) -> str:
    said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
    last = next((line for line in reversed(said) if line.startswith("ERROR")), said[-1] if said else "")
    problem = (
        f"The peers could not be installed for Python {sys.version_info[0]}.{sys.version_info[1]}: {last}"
    )
    say(f"{problem}. See {CONSTRAINTS}; `make bench-lock` resolves it anew. Going on without them.")
    return problem
