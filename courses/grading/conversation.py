"""One grading run: two processes, and the server between them, which passes frames on and keeps time.

Only the examiner's word counts.
"""

import time
from collections.abc import Callable
from typing import Any

from courses.grading.inside.frames import HOST, Oversized
from courses.grading.launching import Child
from courses.grading.submissions import PrefixFailed, Submissions
from courses.grading.told import Word, read
from courses.models.verdict import TestResult
from courses.services.ports import GradingJob, GradingReport

_GRACE_SECONDS = 2.0
Ask = Callable[[int, bytes], bytes]
"""Has a frame answered by the process that runs submissions."""
Traces = list[str | None]


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
        word = self._ask_examiner(self._task(modules), self.submissions.ask)
        return GradingReport(
            outcome=word.verdict or "unavailable",
            tests=tuple(self.results),
            printed=self._printed(word),
            traceback=word.traceback,
            detail=word.detail or self.submissions.detail,
            modules=word.modules,
        )

    def mistake(self, traces: Traces, open_fresh: Callable[[], Submissions]) -> tuple[int | None, Traces]:
        """The position of the recognised mistake, and the traces of all, as far as they are known now.

        Mistakes run in a process that no learner's submission has run in: traces are for all who have the
        same code so far. It is opened when one has to run. Raises PrefixFailed.
        """
        if self._lost:
            return None, traces
        fresh: list[Submissions] = []

        def ask(address: int, body: bytes) -> bytes:
            if not fresh:
                fresh.append(open_fresh())
                self._give_time()
            return fresh[0].ask(address, body)

        word = self._ask_examiner({"traces": traces}, ask)
        if word.traces is None or len(word.traces) != len(traces):
            return None, traces
        return word.mistake, word.traces

    def _task(self, modules: dict[str, str]) -> dict[str, Any]:
        return {
            "source": self.job.source,
            "tests": self.job.tests,
            "hidden_tests": self.job.hidden_tests,
            "mistakes": self.job.mistakes,
            "modules": modules,
            "expected": dict(self.job.modules),
            "output": self.job.limits.output,
        }

    def _ask_examiner(self, message: dict[str, Any], ask: Ask) -> Word:
        """Send the examiner a request, serve it meanwhile, and return its last word."""
        channel = self.examiner.channel
        self._give_time()
        try:
            channel.send(HOST, message)
            while True:
                address, body = channel.take()
                if address != HOST:
                    channel.pass_on(address, ask(address, body))
                    continue
                word = read(Word, body)
                if word.is_last:
                    return word
                self._note(word)
        except TimeoutError:
            self._lost = True
            return Word(verdict="timeout", detail="The tests did not end in time.")
        except (OSError, EOFError, Oversized, ValueError) as error:
            self._lost = True
            return Word(verdict="unavailable", detail=f"The tests' process has ended: {error!r}")

    def _give_time(self) -> None:
        self.examiner.channel.deadline = time.monotonic() + self.job.limits.wall + _GRACE_SECONDS

    def _note(self, word: Word) -> None:
        if word.result is not None:
            self.results.append(word.result)
        if word.printed is not None:
            self.printed = word.printed

    def _printed(self, word: Word) -> str:
        """Nothing that a hidden test made the submission print."""
        said = word.printed if self.printed is None else self.printed
        return self.submissions.printed() if said is None else said[: self.job.limits.output]
