"""A warm process with children to run attacks in, in every mode that the user who runs the tests can have."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from courses.sandbox import wire
from courses.sandbox.client import Zygote
from courses.sandbox.config import Config, Mode
from courses.sandbox.lease import Lease
from courses.sandbox.limits import Limits

ROOT = Path(__file__).parents[3]
ENTRIES = "tests.security.sandbox.entries"
IMPORTS = {"preload": (ENTRIES,), "import_from": (str(ROOT),)}
SMALL = Limits(memory_mb=96, processes=32, disk_mb=16, files=256, descriptors=128)
IS_ROOT = os.geteuid() == 0


class Denied(Exception):
    """What a child tried raised an exception there."""


class Child:
    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        lease.payload.settimeout(20)

    def run(self, code: str, **given: Any) -> Any:
        """What the code left in `result`. Raises Denied, and EOFError when the child has ended."""
        wire.send(self.lease.payload, [code, given])
        answer, _ = wire.receive(self.lease.payload)
        if "raised" in answer:
            raise Denied(answer["raised"])
        return answer["result"]


class Bench:
    """`folder` can be reached by every user, as a server's data folder might by mistake.

    Some of its children are forked for their job, and some have waited for it.
    """

    def __init__(self, mode: Mode, **settings: Any) -> None:
        self.mode = mode
        self.folder = Path(tempfile.mkdtemp(prefix="sb-", dir="/var/tmp"))
        self.folder.chmod(0o755)
        preload = (ENTRIES, *settings.pop("preload", ()))
        config = Config(mode=mode, preload=preload, import_from=(str(ROOT),), reserve=2, **settings)
        self.zygote = Zygote(config, self.folder / "run").start()
        self._children: list[Child] = []
        try:
            self.facts = self.zygote.wait_ready()
        except BaseException:
            self.close()
            raise

    def child(self, entry: str = "run_cells", limits: Limits = SMALL, **wanted: Any) -> Child:
        child = Child(self.zygote.fork(f"{ENTRIES}:{entry}", limits, **wanted))
        self._children.append(child)
        child.lease.wait_closed_off()
        return child

    def end_children(self) -> None:
        for child in self._children:
            child.lease.close()
        self._children.clear()

    def close(self) -> None:
        self.end_children()
        self.zygote.stop()
        subprocess.run(["rm", "-rf", str(self.folder)], check=True)


def until(condition: Callable[[], object], seconds: float = 10.0) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def running(mark: str) -> list[psutil.Process]:
    """Processes of the machine with `mark` in their command line."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if mark in (process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def as_ordinary_user(command: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a program as a user who owns nothing but `folder`, from root.

    A private mount namespace shows that user this Python even if it lies in root's closed home, and
    nothing else from there.
    """
    user = str(61000 + os.getpid() % 4000)
    os.chown(folder, int(user), int(user))
    script = """
set -e
user=$1 keep=$2 python=$3 home=$4
shift 4
mount --make-rprivate /
mount --bind "$python" "$keep"
mount -t tmpfs -o mode=755 tmpfs "$home"
mkdir -p "$python"
mount --bind "$keep" "$python"
umount "$keep"
exec setpriv --reuid "$user" --regid "$user" --clear-groups "$@"
"""
    home = Path("/root")
    keep = folder.parent / f"{folder.name}-python"
    keep.mkdir()
    arguments = [user, str(keep), sys.base_prefix, str(home), *command]
    if not Path(sys.base_prefix).is_relative_to(home):
        script, arguments = 'exec setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"', [user, *command]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return subprocess.run(
        ["unshare", "--mount", "bash", "-c", script, "sandbox", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
