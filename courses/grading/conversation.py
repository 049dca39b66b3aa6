"""One grading run: two processes, and the server between them, which passes frames on and keeps time.

Only the examiner's word counts.
"""

import json
import time
from typing import Any

from courses.grading.inside.frames import HOST, Oversized
from courses.grading.launching import Child
from courses.grading.submissions import PrefixFailed, Submissions
from courses.models.verdict import TestResult
from courses.services.ports import GradingJob, GradingReport

_GRACE_SECONDS = 2.0


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
