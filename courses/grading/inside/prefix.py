"""The process that has run the chapter's code so far and forks a process for each run of a submission.

It stands between the runs and the server: every frame for a run goes through it, and a run that ends
without an answer is answered for.
"""

import contextlib
import json
import os
import random
import select
import signal
import socket
import sys
import time
import types
from typing import Any

from courses.grading.inside import figures, notebook_shell, streams
from courses.grading.inside.confine import end_with_parent
from courses.grading.inside.folders import enter
from courses.grading.inside.frames import PREFIX, Channel, Oversized
from courses.grading.inside.run import Run
from courses.grading.inside.tracebacks import message_of

_ENDING_SECONDS = 0.05


class Prefix:
    """`folder` holds `files/`, which runs see in a working folder of their own, and their output.

    `first_output` is an open file for what the first run prints, which then outlives this process.
    """

    def __init__(self, channel: Channel, folder: str, first_output: int = -1) -> None:
        self.channel, self.folder = channel, folder
        self._first_output = first_output
        self._runs: dict[int, tuple[int, Channel]] = {}
        self._namespace = _main_namespace()
        self._limit = 0

    def serve(self) -> None:
        _, job = self.channel.receive()
        self._limit = job["output"]
        self.channel.send(PREFIX, self._run_context(job["context"]))
        while True:
            try:
                address, body = self.channel.take()
            except EOFError:
                return
            if address == PREFIX:
                self._control(body)
            else:
                self._relay(address, body)

    def _run_context(self, cells: list[str]) -> dict[str, Any]:
        enter(self.folder, "context")
        streams.Output(self._printed(0), self._limit, lambda: None)
        streams.feed("")
        notebook_shell.install(self._namespace)
        seconds = []
        for number, cell in enumerate(cells, 1):
            started = time.monotonic()
            try:
                source = notebook_shell.to_python(cell)
                notebook_shell.run_python(source, f"code cell {number}", self._namespace)
            except BaseException as error:
                reason = f"{type(error).__name__}: {message_of(error)}"
                return {"failed": f"Code cell {number} of the chapter so far stops with {reason}"}
            figures.close_figures()
            seconds.append(time.monotonic() - started)
        modules = {n: v.__name__ for n, v in self._namespace.items() if isinstance(v, types.ModuleType)}
        return {"ready": True, "modules": modules, "seconds": seconds}

    def _control(self, body: bytes) -> None:
        order = json.loads(body)
        for number in order["drop"]:
            self._drop(number)
        if "run" in order:
            self._start(order)
            self._answer_for(order["run"])
        else:
            self.channel.send(PREFIX, {"dropped": True})

    def _start(self, order: dict[str, Any]) -> None:
        ours, theirs = socket.socketpair()
        sys.stdout.flush()
        chance = random.getstate()
        child = os.fork()
        if child == 0:
            random.setstate(chance)  # a fork gets another one
            self._become(order, theirs)
        theirs.close()
        self._runs[order["run"]] = child, Channel(ours)

    def _become(self, order: dict[str, Any], connection: socket.socket) -> None:
        """Never returns."""
        try:
            os.setpgid(0, 0)
            end_with_parent()
            self.channel.close()
            for _, channel in self._runs.values():
                channel.close()
            enter(self.folder, str(order["run"]))
            run = Run(Channel(connection), order["run"], self._namespace)
            given = self._first_output if order["run"] == 1 else -1
            run.output = streams.Output(self._printed(order["run"]), self._limit, run.overflow, given)
            streams.feed(order["stdin"])
            run.start(order["source"], order["names"])
            run.serve()
        finally:
            os._exit(0)

    def _printed(self, run: int) -> str:
        return f"{self.folder}/printed-{run}"

    def _relay(self, run: int, body: bytes) -> None:
        if run not in self._runs:
            self.channel.send(run, {"ended": 0})
            return
        with contextlib.suppress(OSError):
            self._runs[run][1].pass_on(run, body)
        self._answer_for(run)

    def _answer_for(self, run: int) -> None:
        """Pass on the run's answer, or say how it ended."""
        try:
            _, body = self._runs[run][1].take()
        except (EOFError, OSError, Oversized):
            self.channel.send(run, {"ended": self._drop(run, ending=True)})
            return
        self.channel.pass_on(run, body)

    def _drop(self, run: int, *, ending: bool = False) -> int:
        """End a run, or wait for one that is `ending`. Its exit status: negative is a signal's number."""
        if run not in self._runs:
            return 0
        child, channel = self._runs.pop(run)
        channel.close()
        if not (ending and _ends_soon(child)):
            for kill in (os.killpg, os.kill):
                with contextlib.suppress(OSError):
                    kill(child, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _ends_soon(child: int) -> bool:
    """Whether a run that has closed its connection is gone within a moment; its status is left for wait."""
    descriptor = os.pidfd_open(child)
    try:
        return bool(select.select([descriptor], [], [], _ENDING_SECONDS)[0])
    finally:
        os.close(descriptor)


def _main_namespace() -> dict[str, Any]:
    """The `__main__` of a notebook: what functions defined there take for their module."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    return module.__dict__
