"""The warm process: one thread, everything imported, and a fork for each request of the server's.

It listens nowhere: its one connection is a socket that the server made. For each child the server sends
two more. The lease says the child's process id and its end, and takes signals; when the server lets go
of it, the child is ended. The payload goes to the child unread, so that nothing said there is in the
memory that later children get a copy of.
"""

import contextlib
import json
import os
import select
import signal
import socket
from dataclasses import asdict, dataclass, replace
from typing import Any

from courses.sandbox import ending, rlimits, watchdog, wire
from courses.sandbox.child import become
from courses.sandbox.host import Host
from courses.sandbox.job import Job, from_wire
from courses.sandbox.reserve import Reserve

_EVERY = 1000
"""Milliseconds between looks for orphans that ended."""

_CALM = 200
"""Milliseconds in which nothing happens, before children are forked that nobody has asked for: nobody on the
machine can fork while one is moved into its group."""

_GIVEN, _SPARE = 2, 16
"""Descriptors that come with a request; what is left free for looking after children."""


@dataclass
class Child:
    pid: int
    job: Job
    lease: socket.socket
    ended: int
    """A descriptor that is readable once the process has ended."""


class Zygote:
    def __init__(self, server: socket.socket, pulse: socket.socket, host: Host) -> None:
        self._server, self._pulse, self._host = server, pulse, host
        self._children: dict[int, Child] = {}
        """By each of their two descriptors."""
        self._poll = select.poll()
        self._calm = False
        self._reserve = Reserve(host, host.config.reserve, self._poll)

    def serve(self) -> None:
        """Until the server is gone; then every child is ended."""
        for connection in (self._server, self._pulse):
            self._poll.register(connection, select.POLLIN)
        with contextlib.suppress(EOFError):
            while True:
                happened = self._poll.poll(self._patience())
                for descriptor, _ in happened:
                    self._attend(descriptor)
                self._calm = not happened
                if self._calm and not self._reserve.is_full:
                    self._reserve.add(self._forget)
                ending.reap_orphans(self._pids())
        self._reserve.close()
        for child in self._living():
            ending.end(self._host, child.job, child.pid, ())
        for child in self._living():
            self._bury(child)
        self._host.groups.close()

    def _living(self) -> list[Child]:
        return [child for descriptor, child in self._children.items() if descriptor == child.ended]

    def _pids(self) -> list[int]:
        return [*(child.pid for child in self._living()), *self._reserve.pids()]

    def _patience(self) -> int | None:
        if not self._reserve.is_full:
            return 0 if self._calm else _CALM
        return _EVERY if self._children else None

    def _attend(self, descriptor: int) -> None:
        if descriptor == self._server.fileno():
            self._fork(*wire.receive(self._server))
            return
        if descriptor == self._pulse.fileno():
            if not watchdog.answer(self._pulse):
                self._poll.unregister(self._pulse)
            return
        if descriptor in self._reserve:
            self._reserve.drop(descriptor)
            return
        child = self._children.get(descriptor)
        if child is None:
            return  # ended in this very round
        if descriptor == child.ended:
            self._bury(child)
        else:
            self._obey(child)

    def _fork(self, record: Any, descriptors: list[int]) -> None:
        """Nothing that goes wrong with one child may end the others."""
        sockets = [socket.socket(fileno=descriptor) for descriptor in descriptors]
        most = rlimits.most_descriptors()
        if len(sockets) != _GIVEN or max(descriptors) + _SPARE > most:
            _refuse(sockets, f"too many children for {most} open files; raise that limit (ulimit -n)")
            return
        lease, payload = sockets
        with payload:
            job = from_wire(record)
            child = self._employed(job, lease, payload) or self._forked(job, lease, payload)
        if child is None:
            return
        for descriptor in (child.ended, child.lease.fileno()):
            self._children[descriptor] = child
            self._poll.register(descriptor, select.POLLIN)

    def _employed(self, job: Job, lease: socket.socket, payload: socket.socket) -> Child | None:
        """One that was in reserve."""
        one = self._reserve.employ(job, (lease.fileno(), payload.fileno()))
        return Child(one.pid, replace(job, name=one.group), lease, one.ended) if one else None

    def _forked(self, job: Job, lease: socket.socket, payload: socket.socket) -> Child | None:
        try:
            self._host.groups.make(job.name)
            self._host.groups.limit(job.name, job.limits)
            pid = self._host.fork()
        except OSError as error:
            self._host.groups.remove(job.name)
            _refuse([lease], str(error))
            return None
        if pid == 0:
            self._forget()
            become(self._host, job, lease, payload)
        return Child(pid, job, lease, os.pidfd_open(pid))

    def _forget(self) -> None:
        """In a child: its numbers are closed, and what stood for them must not close others later."""
        self._server.detach()
        self._pulse.detach()
        for child in self._living():
            child.lease.detach()
        self._children.clear()
        self._reserve.forget()

    def _obey(self, child: Child) -> None:
        """The server sends a signal's number or a share of processor time, or has let go."""
        try:
            data = child.lease.recv(64)
        except OSError:
            data = b""
        order = json.loads(data) if data else {"signal": signal.SIGKILL}
        if not data:
            self._poll.unregister(child.lease)
        if "cpu_weight" in order:
            self._host.groups.weigh(child.job.name, order["cpu_weight"])
            return
        number = order["signal"]
        if number == signal.SIGKILL:
            ending.end(self._host, child.job, child.pid, self._pids())
            return
        for send in (os.killpg, os.kill):
            with contextlib.suppress(OSError):
                send(child.pid, number)
                return

    def _bury(self, child: Child) -> None:
        _, status = os.waitpid(child.pid, 0)
        lease = child.lease.fileno()
        for descriptor in (child.ended, lease):
            del self._children[descriptor]
            with contextlib.suppress(KeyError):
                self._poll.unregister(descriptor)
        os.close(child.ended)
        ending.end(self._host, child.job, 0, self._pids())
        ending.reap_orphans(self._pids())
        kills = self._host.groups.memory_kills(child.job.name)
        self._host.groups.remove(child.job.name)
        _tell(child.lease, {"exit": os.waitstatus_to_exitcode(status), "memory_kills": kills})
        child.lease.close()


def _refuse(sockets: list[socket.socket], reason: str) -> None:
    """A message may have come without some of its descriptors: the lease's is the first."""
    if sockets:
        _tell(sockets[0], {"error": reason})
    for one in sockets:
        one.close()


def _tell(lease: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        lease.send(json.dumps(message).encode())


def ready(server: socket.socket, host: Host, pid: int, problems: dict[str, str], threads: int) -> None:
    record = {
        "layers": asdict(host.layers()),
        "pid": pid,
        "first_uid": host.first_uid,
        "problems": problems,
        "threads": threads,
    }
    wire.send(server, record)
    server.send(b"\0")  # see Zygote in the client: it stays there, so that all who wait wake
