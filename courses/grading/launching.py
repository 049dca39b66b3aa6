"""How a grading process is started and ended, apart from what it does once it runs.

`inside.entry.main(role, connection, limits)` is what a child runs, in its folder as working directory.
`PlainLauncher` starts it as a fresh Python process with a clean environment. It shares the server's
user, network and file system: what a submission can find under a path that it guesses, it can read. A
launcher with a sandbox of its own takes this one's place without anything else changing.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Literal, Protocol

import courses
from courses.grading.inside.frames import Channel
from courses.grading.inside.streams import read_text
from courses.grading.process_tree import count_descendants, end_marked, end_tree
from courses.services.ports import Limits

Role = Literal["prefix", "examiner"]
Share = Literal["ordinary", "small"]

MARK = "STEPWISE_GRADING"
_ROOT = str(Path(courses.__file__).parent.parent)
_BOOT = """
import sys
role, descriptor, root, limits = sys.argv[1:]
sys.path.insert(0, root)
from courses.grading.inside.entry import main
sys.path.remove(root)
import json, socket
main(role, socket.socket(fileno=int(descriptor)), json.loads(limits))
"""
_PYTHON = (sys.executable, "-s", "-P", "-c")
"""`-I` but for `-E`, with which the hash seed could not be set; the environment is our own anyway."""
_ONE_THREAD = ("OPENBLAS", "OMP", "MKL", "NUMEXPR")


class Child(Protocol):
    """A started process."""

    channel: Channel

    def processes(self, most: int) -> int:
        """How many there are below it; counting stops beyond `most`."""

    def kill(self) -> None:
        """Kill it with everything that it has started. From any thread, and any number of times."""

    def end(self) -> None:
        """Kill it and let go of it."""

    def printed(self, limit: int) -> str:
        """What the first run has printed, as far as it got: at most `limit` bytes. Before `end`."""

    def lost(self) -> bool:
        """Whether it was killed because what it was started from has ended. Kills it, if it lives."""

    def ran_out_of_memory(self) -> bool:
        """Whether something in it was killed for that. Kills it, if it lives."""

    @property
    def can_rest(self) -> bool:
        """Whether `rest` is worth a try."""

    def rest(self) -> bool:
        """Hold everything in it still. False when something in it goes on all the same."""

    def wake(self) -> None:
        """Let it go on after `rest`."""

    def weigh(self, share: Share) -> None:
        """How much processor time it gets when there is not enough, where that can be told."""


class Launcher(Protocol):
    @property
    def needs_fonts(self) -> bool:
        """Whether each process has to be given the list of the machine's fonts."""

    def start(self, role: Role, folder: Path, limits: Limits) -> Child:
        """`folder` holds the course's `files`. Raises OSError or SandboxUnavailable."""

    def stop(self) -> None:
        """For good: nothing that it started runs any more, if it keeps anything running."""


class PlainLauncher:
    """Fresh processes of this very Python."""

    needs_fonts = True

    def stop(self) -> None:
        pass

    def start(self, role: Role, folder: Path, limits: Limits) -> "PlainChild":
        ours, theirs = socket.socketpair()
        mark = secrets.token_hex(16)
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [*_PYTHON, _BOOT, role, str(theirs.fileno()), _ROOT, json.dumps(asdict(limits))],
                cwd=folder,
                env=clean_environment(folder) | {MARK: mark},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        return PlainChild(process, Channel(ours), mark, folder)


class PlainChild:
    """Shares the server's user with whatever it starts, so nobody can tell that all of it stands still."""

    can_rest = False

    def __init__(self, process: "subprocess.Popen[bytes]", channel: Channel, mark: str, folder: Path) -> None:
        self.channel = channel
        self._folder = folder
        self._process, self._mark = process, mark
        self._killing = threading.Lock()
        self._killed = False

    def processes(self, most: int) -> int:
        return count_descendants(self._process.pid, most)

    def kill(self) -> None:
        with self._killing:
            if self._killed:
                return
            self._killed = True
            if self._process.poll() is None:
                end_tree(self._process.pid)
            else:
                end_marked(f"{MARK}={self._mark}")

    def end(self) -> None:
        self.kill()
        self._process.wait()
        self.channel.close()

    def printed(self, limit: int) -> str:
        return read_text(str(self._folder / "printed-1"), limit)

    def lost(self) -> bool:
        return False

    def ran_out_of_memory(self) -> bool:
        return False

    def rest(self) -> bool:
        return False

    def wake(self) -> None:
        pass

    def weigh(self, share: Share) -> None:
        pass


def clean_environment(folder: Path, hash_seed: int = 0) -> dict[str, str]:
    """All that a grading process is told by its environment. `folder` is where its caches may go."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "HOME": str(folder),
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(folder / "matplotlib"),
        "PYTHONHASHSEED": str(hash_seed),
        **{f"{library}_NUM_THREADS": "1" for library in _ONE_THREAD},
    }
