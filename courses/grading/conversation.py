"""One grading run: two processes, and the server between them, which passes frames on and keeps time.

Only the examiner's word counts. The submission's side is answered for when it dies, hangs or floods.
"""

import json
import threading
import time
from types import TracebackType
from typing import Any

from courses.grading.inside.frames import HOST, PREFIX, Oversized
from courses.grading.launching import Child
from courses.models.verdict import Outcome, TestResult
from courses.services.ports import GradingJob, GradingReport, Limits

_STARTUP_SECONDS = 10.0
_GRACE_SECONDS = 2.0
_WATCH_SECONDS = 0.05


class PrefixFailed(Exception):
    """The chapter's code so far does not run: nothing that a submission could help."""


class Submissions:
    """The process that runs submissions, with a deadline and a bound on its processes."""

    def __init__(self, child: Child, limits: Limits) -> None:
        self.stopped: Outcome | None = None
        self.detail = ""
        self._empty_run = False
        self._child, self._limits = child, limits
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._count_processes, daemon=True)

    def prepare(self, context: tuple[str, ...]) -> dict[str, str]:
        """Run the chapter's code so far. The modules that it imported, by their names."""
        self._watch.start()
        self.extend(self._limits.wall + _STARTUP_SECONDS)
        try:
            self._child.channel.send(PREFIX, {"context": context, "output": self._limits.output})
            _, ready = self._child.channel.receive()
        except TimeoutError:
            raise PrefixFailed("The chapter's code so far does not end in time.") from None
        except (OSError, EOFError, Oversized, ValueError):
            raise PrefixFailed(self.detail or "The chapter's code so far ends Python itself.") from None
        if "failed" in ready:
            raise PrefixFailed(ready["failed"])
        self.extend(self._limits.wall)
        return dict(ready["modules"])

    def evaluate(self, expression: str) -> int | float | str:
        """The value of an author's expression after the chapter's code. Raises PrefixFailed."""
        if not self._empty_run:
            self._empty_run = True
            self._tell(PREFIX, {"run": 1, "source": "", "stdin": "", "names": {}, "drop": []})
        answer = self._tell(1, {"op": "evaluate", "expression": expression})
        if "exc" in answer:
            raised = answer["exc"]
            raise PrefixFailed(f"`{expression}` stops with {raised['bases'][0]}: {raised['message']}")
        if "value" not in answer:
            raise PrefixFailed(f"`{expression}` has no value: {self.stopped or 'it ends Python itself'}.")
        value: int | float | str = answer["value"]
        return value

    def _tell(self, address: int, message: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.ask(address, json.dumps(message).encode()))
        return answer

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
                self.stop("crash")
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
        self._done.set()
        if self._watch.ident is not None:
            self._watch.join()
        self._child.end()

    def _count_processes(self) -> None:
        most = self._limits.processes
        while not self._done.wait(_WATCH_SECONDS):
            if self._child.processes(most) > most:
                self.detail = f"The submission started more than {most} processes."
                self._child.kill()
                return


class Conversation:
    """Grades one job with two started processes."""

    def __init__(self, job: GradingJob, submissions: Submissions, examiner: Child) -> None:
        self.job = job
        self.submissions, self.examiner = submissions, examiner
        self.results: list[TestResult] = []
        self.printed: str | None = None
        self._lost = False

    def verdict(self) -> GradingReport:
        """The report, but for the mistake."""
        try:
            modules = self.submissions.prepare(self.job.context)
        except PrefixFailed as failure:
            return GradingReport("unavailable", detail=str(failure))
        told = self._ask_examiner(
            {
                "source": self.job.source,
                "tests": self.job.tests,
                "hidden_tests": self.job.hidden_tests,
                "mistakes": self.job.mistakes,
                "modules": modules,
            }
        )
        return GradingReport(
            outcome=told["verdict"],
            tests=tuple(self.results),
            printed=self._printed(told),
            traceback=told.get("traceback", ""),
            detail=told.get("detail", self.submissions.detail),
        )

    def mistake(self, traces: list[str | None]) -> tuple[int | None, list[str | None]]:
        """The position of the recognised mistake, and the traces of all, as far as they are known now."""
        if self._lost:
            return None, traces
        self.submissions.extend(self.job.limits.wall)
        told = self._ask_examiner({"traces": traces})
        return told.get("mistake"), told.get("traces", traces)

    def _ask_examiner(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send the examiner a request, serve it meanwhile, and return its last word."""
        channel = self.examiner.channel
        channel.deadline = time.monotonic() + self.job.limits.wall + _GRACE_SECONDS
        try:
            channel.send(HOST, message)
            while True:
                address, body = channel.take()
                if address != HOST:
                    channel.pass_on(address, self.submissions.ask(address, body))
                    continue
                told: dict[str, Any] = json.loads(body)
                if "result" in told:
                    self.results.append(TestResult(**told["result"]))
                elif "verdict" in told or "mistake" in told:
                    return told
                else:
                    self.printed = told["printed"]
        except TimeoutError:
            self._lost = True
            return {"verdict": "timeout", "detail": "The tests did not end in time."}
        except (OSError, EOFError, Oversized, ValueError) as error:
            self._lost = True
            return {"verdict": "unavailable", "detail": f"The tests' process has ended: {error!r}"}

    def _printed(self, told: dict[str, Any]) -> str:
        """Nothing that a hidden test made the submission print."""
        if self.printed is not None:
            return self.printed
        text = told.get("printed")
        return self.submissions.printed() if text is None else str(text)
