"""The server's side of a warm process: start it, learn what it can do, have it fork.

Every method may be called from any thread.
"""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from courses.errors import NoSandboxHere, SandboxLost, SandboxUnavailable
from courses.sandbox import layers, waiting, warm_cache, wire
from courses.sandbox.config import UIDS, Config
from courses.sandbox.job import Job
from courses.sandbox.layers import Layers
from courses.sandbox.lease import Lease
from courses.sandbox.limits import Limits
from courses.sandbox.run_folder import RunFolder, readable_by_all
from courses.sandbox.watchdog import Watchdog

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
_numbers = itertools.count(1)
_ENDING = 5.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What a warm process says when it is ready. `problems` maps what could not be warmed to the reason."""

    layers: Layers
    pid: int
    first_uid: int
    problems: Mapping[str, str]


class Zygote:
    """One warm process. `run_folder` is on the host, and best short: Unix sockets have paths of 107 bytes."""

    def __init__(self, config: Config, run_folder: Path) -> None:
        self.config = config
        self._base = run_folder
        self._sending, self._reading = threading.Lock(), threading.RLock()
        self._slots = list(range(UIDS))
        self._names = itertools.count(1)
        self._facts: Facts | None = None
        self._refused = ""
        self._for_good = False
        """Whether it is the machine that refuses, and not just this process."""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Zygote":
        """Returns at once. Raises SandboxUnavailable where it cannot even be tried."""
        if sys.platform != "linux":
            raise NoSandboxHere(
                "Sandboxes need Linux. Elsewhere, run kernels unsandboxed, for yourself only."
            )
        if not os.path.exists("/proc/self/stat"):
            raise NoSandboxHere("Sandboxes need /proc. Mount it where the server runs.")
        self._folder = RunFolder(self._base, next(_numbers))
        warm_cache.fill(self._folder.cache, self.config.cache)
        self._server, theirs = socket.socketpair()
        pulse, their_pulse = socket.socketpair()
        self._watchdog = Watchdog(pulse, self._end_at_once)
        errors = None if self.config.show_errors else subprocess.DEVNULL
        with theirs, their_pulse:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own program
                    [sys.executable, *_PYTHON, _BOOT, str(theirs.fileno()), _ROOT],
                    cwd="/",
                    env=self._environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except OSError as error:
                self._folder.close()
                pulse.close()
                raise SandboxUnavailable(f"{sys.executable} cannot be started: {error.strerror}.") from error
            with contextlib.suppress(OSError):
                first = {"config": asdict(self.config), "folder": str(self._folder.path)}
                wire.send(self._server, first, (their_pulse.fileno(),))
        self._watchdog.start()
        return self

    def wait_ready(self, timeout: float | None = 60.0) -> Facts:
        """Raises SandboxUnavailable with the reason when it never will be."""
        return self._ready(waiting.block(self._copy, self._has_answered, timeout))

    async def ready(self, timeout: float | None = 60.0) -> Facts:  # noqa: ASYNC109 - as `wait_ready`
        """As `wait_ready`, for an event loop."""
        return self._ready(await waiting.wait(self._copy, self._has_answered, timeout))

    def raise_if_none_here(self) -> None:
        """Raises NoSandboxHere when it has ended because the machine gives no sandbox."""
        if self._has_answered() and self._for_good and self._refused:
            self._ready(in_time=True)

    def alive(self) -> bool:
        """Not when it has just ended and what it leaves is still being ended."""
        running = self._process is not None and self._process.poll() is None
        return running and not waiting.has_hung_up(self._server)

    def fork(
        self,
        entry: str,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
        *,
        mounts: Mapping[str, Path] | None = None,
        sockets: bool = False,
    ) -> Lease:
        """Have `entry` ("package.module:function") called as `function(payload, place)` in a sandbox.

        `mounts` maps paths beneath the child's work folder to folders of the host that it may read.
        `sockets` gives it a folder in which its Unix sockets are seen by the server. Returns before the
        sandbox is closed. Raises SandboxUnavailable.
        """
        facts = self.wait_ready()
        if not self.alive():
            raise SandboxLost("The warm process has ended.")
        name, slot = f"{next(self._names)}", self._take_slot()
        try:
            job = Job(entry, name, slot, limits)
            return self._ask(self._place(job, facts, mounts or {}, sockets=sockets))
        except BaseException:
            self._release(name, slot)
            raise

    def stop(self) -> None:
        """End it with all its children, and remove their folders."""
        if self._process is None:
            return
        self._watchdog.stop()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        for end in (self._end_at_once, self._process.kill):
            try:
                self._process.wait(_ENDING)
                break
            except subprocess.TimeoutExpired:
                end()
        self._process.wait()
        self._server.close()
        self._folder.close()

    def _end_at_once(self) -> None:
        """However it hangs. The small process above it ends what it leaves; before it is ready, that is all
        of one group.
        """
        assert self._process is not None
        with contextlib.suppress(OSError):
            if self._has_answered() and self._facts is not None:
                os.kill(self._facts.pid, signal.SIGKILL)
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "HOME": str(self._folder.cache),
            "MPLBACKEND": "agg",
            "MPLCONFIGDIR": str(self._folder.cache),
            "PYTHONHASHSEED": str(self.config.hash_seed),
            "PYTHONDONTWRITEBYTECODE": "1",
            "MALLOC_ARENA_MAX": "2",
            **{f"{library}_NUM_THREADS": "1" for library in _ONE_THREAD},
        }

    def _copy(self) -> int:
        return os.dup(self._server.fileno())

    def _has_answered(self) -> bool:
        """The byte behind the answer is never taken: whoever waits sees that something has come."""
        with self._reading:
            if self._facts is None and not self._refused and _has_come(self._server):
                self._take_in()
            return self._facts is not None or bool(self._refused)

    def _take_in(self) -> None:
        try:
            record, _ = wire.receive(self._server)
        except (EOFError, OSError):
            self._refused = "it ended while it was starting"
            return
        self._for_good = True
        if "refused" in record:
            self._refused = record["refused"]
        elif record["threads"] != 1:
            reasons = "; ".join(f"{name} {why}" for name, why in record["problems"].items())
            self._refused = f"it has {record['threads']} threads and must have one to fork ({reasons})"
        else:
            uid = record["first_uid"]
            warm_cache.keep(self._folder.cache, self.config.cache)
            self._facts = Facts(layers.from_wire(record["layers"]), record["pid"], uid, record["problems"])

    def _ready(self, in_time: bool) -> Facts:
        if self._facts is not None:
            return self._facts
        reason = self._refused if in_time else "it took too long to start"
        kind = NoSandboxHere if self._for_good and in_time else SandboxUnavailable
        raise kind(f"The warm process for sandboxes cannot be used: {reason}.")

    def _take_slot(self) -> int:
        with self._sending:
            if not self._slots:
                raise SandboxUnavailable(f"There are {UIDS} children already.")
            return self._slots.pop(0)

    def _place(self, job: Job, facts: Facts, mounts: Mapping[str, Path], *, sockets: bool) -> Job:
        """The job with its folders, made."""
        for inside, outside in mounts.items():
            _check_mount(inside, outside, other_user=bool(facts.first_uid))
        work = not facts.layers.namespaces
        owner = facts.first_uid + job.slot if facts.first_uid else -1
        folder = self._folder.make(job.name, sockets=sockets, work=work, owner=owner)
        return replace(
            job,
            sockets=str(folder / "io") if sockets else "",
            work=str(folder / "work") if work else "",
            mounts={inside: str(outside.resolve()) for inside, outside in mounts.items()},
        )

    def _ask(self, job: Job) -> Lease:
        lease, their_lease = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        payload, their_payload = socket.socketpair()
        with their_lease, their_payload:
            try:
                with self._sending:
                    wire.send(self._server, asdict(job), (their_lease.fileno(), their_payload.fileno()))
            except OSError as error:
                lease.close()
                payload.close()
                raise SandboxLost("The warm process has ended.") from error
        self._watchdog.ask()
        sockets = Path(job.sockets) if job.sockets else None
        return Lease(lease, payload, sockets, lambda: self._release(job.name, job.slot), self._watchdog.ask)

    def _release(self, name: str, slot: int) -> None:
        """Returns at once. A user id is taken again as late as possible, and with nothing of its own left."""

        def release() -> None:
            with self._sending:
                self._slots.append(slot)

        self._folder.discard(name, release)


def _has_come(connection: socket.socket) -> bool:
    try:
        connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _check_mount(inside: str, outside: Path, *, other_user: bool) -> None:
    parts = Path(inside).parts
    if not parts or inside.startswith("/") or ".." in parts:
        raise ValueError(f"{inside!r} is not a path beneath the work folder.")
    if not outside.is_dir():
        raise SandboxUnavailable(f"{outside} cannot be shown to code, because it is not a folder.")
    if other_user and not readable_by_all(outside):
        raise SandboxUnavailable(
            f"{outside} must be readable by all users: code runs as another one (chmod 755)."
        )


def probe(run_folder: Path, config: Config = Config()) -> Layers:  # noqa: B008 - it is frozen
    """The layers that this host gives, by trying. Raises SandboxUnavailable."""
    zygote = Zygote(config, run_folder).start()
    try:
        return zygote.wait_ready().layers
    finally:
        zygote.stop()
