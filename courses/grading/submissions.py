"""The process that runs submissions, as the server holds it: with a deadline and a bound on its processes.

It is answered for when it dies, hangs or floods.
"""

import json
import time
from types import TracebackType
from typing import Any

from courses.grading.inside.frames import PREFIX, Oversized
from courses.grading.launching import Child
from courses.grading.process_watch import ProcessWatch
from courses.grading.told import Dropped, Ready, Value, read
from courses.models.verdict import Outcome
from courses.services.ports import Limits

_STARTUP_SECONDS = 10.0
_WAKING_SECONDS = 2.0
_GONE = (OSError, EOFError, Oversized, ValueError)
"""What is caught when the other side ends, or says what makes no sense."""


class PrefixFailed(Exception):
    """The chapter's code so far does not run: nothing that a submission could help."""


class Submissions:
    """Has run nothing until it is prepared. From then on each run is a fork of it."""

    def __init__(self, child: Child, limits: Limits) -> None:
        self.stopped: Outcome | None = None
        self.detail = ""
        self.context_seconds = 0.0
        """How long the chapter's code so far took, as it was waited for."""
        self.cell_seconds: list[float] = []
        """How long each of its cells took, as the process says."""
        self._modules: dict[str, str] | None = None
        self._empty_run = False
        self._child, self._limits = child, limits
        self._watch = ProcessWatch(child, limits.processes)

    def prepare(self, context: tuple[str, ...]) -> dict[str, str]:
        """Run the chapter's code so far, once. The modules that it imported, by their names.

        The time for what follows counts from here.
        """
        if self._modules is None:
            started = time.monotonic()
            self._modules = self._run_context(context)
            self.context_seconds = time.monotonic() - started
        self.extend(self._limits.wall)
        return self._modules

    def rest(self) -> bool:
        """Once prepared: whether everything in it stands still until it is woken."""
        self._watch.end()
        return self._child.rest()

    def wake(self) -> bool:
        """Whether it is still there, and as it was."""
        self._child.wake()
        self._watch.begin()
        self.extend(_WAKING_SECONDS)
        try:
            self._child.channel.send(PREFIX, {"drop": []})
            return read(Dropped, self._child.channel.take()[1]).dropped
        except _GONE:
            return False

    def evaluate(self, expression: str) -> int | float | str:
        """The value of an author's expression after the chapter's code. Raises PrefixFailed."""
        if not self._empty_run:
            self._empty_run = True
            self._tell(PREFIX, {"run": 1, "source": "", "stdin": "", "names": {}, "drop": []})
        answer = self._value(self._tell(1, {"op": "evaluate", "expression": expression}))
        if answer.exc is not None:
            kind = next(iter(answer.exc.bases), "an error")
            raise PrefixFailed(f"`{expression}` stops with {kind}: {answer.exc.message}")
        if answer.value is None:
            raise PrefixFailed(f"`{expression}` has no value: {self.stopped or 'it ends Python itself'}.")
        return answer.value

    def extend(self, seconds: float) -> None:
        """Everything from now on has to fit into `seconds`."""
        self._child.channel.deadline = time.monotonic() + seconds

    def ask(self, address: int, body: bytes) -> bytes:
        """A frame's answer, or the frame that says what stopped it."""
        if self.stopped is None:
            try:
                self._child.channel.pass_on(address, body)
                return self._child.channel.take()[1]
            except TimeoutError:
                self.stop("timeout")
            except Oversized:
                self.stop("memory", "The submission's side sent a frame that is too large.")
            except (OSError, EOFError):
                self.stop("processes" if self._watch.found else "crash", self._watch.found)
        return json.dumps({"stopped": self.stopped}).encode()

    def printed(self) -> str:
        """What the first run has printed, as far as it got."""
        return self._child.printed(self._limits.output)

    def stop(self, outcome: Outcome, detail: str = "") -> None:
        self.stopped = self.stopped or outcome
        self.detail = self.detail or detail
        self._child.kill()

    def __enter__(self) -> "Submissions":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.end()
        self._child.end()

    def _run_context(self, context: tuple[str, ...]) -> dict[str, str]:
        self._watch.begin()
        self.extend(self._limits.wall + _STARTUP_SECONDS)
        try:
            self._child.channel.send(PREFIX, {"context": context, "output": self._limits.output})
            ready = read(Ready, self._child.channel.take()[1])
        except TimeoutError:
            raise PrefixFailed("The chapter's code so far does not end in time.") from None
        except _GONE:
            reason = self._watch.found or "The chapter's code so far ends Python itself."
            raise PrefixFailed(reason) from None
        if ready.failed:
            raise PrefixFailed(ready.failed)
        self.cell_seconds = ready.seconds
        return ready.modules

    def _tell(self, address: int, message: dict[str, Any]) -> bytes:
        return self.ask(address, json.dumps(message).encode())

    def _value(self, body: bytes) -> Value:
        try:
            return read(Value, body)
        except ValueError as error:
            raise PrefixFailed(f"The value cannot be read: {error}") from None
