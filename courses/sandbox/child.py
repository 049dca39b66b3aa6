"""What a fork of the warm process does before and after it runs what it was forked for."""

import atexit
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from courses.sandbox import warming, wire
from courses.sandbox.confinement import close_off
from courses.sandbox.host import Host
from courses.sandbox.job import Job, from_wire
from courses.sandbox.place import Place

FAILED = 70
"""Exit status when the sandbox could not be closed, or the entry raised."""
_PATH = "/usr/local/bin:/usr/bin:/bin"
_KEPT = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def become(host: Host, job: Job, lease: socket.socket, payload: socket.socket) -> NoReturn:
    """Be forked for a job."""
    _become(host, job, lease, payload, lambda: _settle_down(host, job.name, (lease, payload)))


def await_job(host: Host, group: str, orders: socket.socket) -> NoReturn:
    """Be forked for whatever job comes; none comes any more once the other end of `orders` is closed."""
    problem: list[OSError] = []
    try:
        _settle_down(host, group, (orders,))
    except OSError as error:
        problem.append(error)
    try:
        record, (lease, payload) = wire.receive(orders)
    except EOFError:
        os._exit(0)
    orders.close()

    def begin() -> None:
        if problem:
            raise problem[0]

    _become(host, from_wire(record), socket.socket(fileno=lease), socket.socket(fileno=payload), begin)


def _become(
    host: Host, job: Job, lease: socket.socket, payload: socket.socket, begin: Callable[[], None]
) -> NoReturn:
    """Close this process off, say so on `lease`, and run the job's entry. Nothing of it comes back."""
    status: Any = FAILED
    try:
        try:
            entry = warming.resolve(job.entry)
            begin()
            place = close_off(host, job)
            _settle(place)
        except BaseException as error:
            lease.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
            raise
        lease.send(json.dumps({"pid": place.host_pid}).encode())
        lease.close()
        status = entry(payload, place)
    except SystemExit as error:
        status = error.code
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)  # the entry may have put another in its place
    finally:
        os._exit(status if isinstance(status, int) else 0)


def _settle_down(host: Host, group: str, kept: tuple[socket.socket, ...]) -> None:
    _leave_family(host.config.show_errors)
    close_all_but(one.fileno() for one in kept)
    host.groups.join(group)


def close_all_but(kept: Iterable[int]) -> None:
    """The standard streams stay as well."""
    start = 3
    for descriptor in sorted(kept):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))


def _leave_family(show_errors: bool) -> None:
    atexit._clear()
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2)[: 2 if show_errors else 3]:
        os.dup2(nothing, stream)


def _settle(place: Place) -> None:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(
        kept,
        PATH=f"{os.path.dirname(sys.executable)}:{_PATH}",
        LANG="C.UTF-8",
        HOME=place.work,
        USER="learner",
        TMPDIR=place.tmp,
        IPYTHONDIR=f"{place.work}/.ipython",
        MPLCONFIGDIR=f"{place.tmp}/matplotlib",
        PYTHONDONTWRITEBYTECODE="1",
    )
    os.chdir(place.work)
    tempfile.tempdir = None
    tempfile._name_sequence = None  # type: ignore[attr-defined]  # or two children would use the same names
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "random"):
        numpy.random.seed(int.from_bytes(os.urandom(4), "little"))  # `random` does it by itself
