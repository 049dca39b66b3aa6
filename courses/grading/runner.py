"""The grader: fresh processes for every submission, at most so many at once."""

import os
from collections.abc import Mapping
from dataclasses import replace

from courses.errors import GraderUnavailable
from courses.grading import notebook_run
from courses.grading.conversation import Conversation, PrefixFailed, Submissions
from courses.grading.fonts import FontCache
from courses.grading.launching import Launcher, PlainLauncher
from courses.grading.traces import TraceMemory
from courses.grading.turnstile import Turnstile
from courses.grading.workplace import Workplace
from courses.services.ports import CellRun, GradingJob, GradingReport, Limits


class ProcessGrader:
    """Implements `services.ports.CodeGrader`.

    `at_once` bounds gradings (default: one for each processor); others wait up to `patience` seconds.
    """

    def __init__(
        self, launcher: Launcher | None = None, at_once: int | None = None, patience: float = 30.0
    ) -> None:
        self._launcher = launcher or PlainLauncher()
        self._turnstile = Turnstile(at_once or os.cpu_count() or 1, patience)
        self._fonts = FontCache()
        self._traces = TraceMemory()

    def grade(self, job: GradingJob) -> GradingReport:
        with self._turnstile.place():
            try:
                return self._grade(job)
            except OSError as error:
                raise GraderUnavailable("Code cannot be checked just now.") from error

    def run_cells(
        self, cells: tuple[str, ...], files: Mapping[str, bytes], limits: Limits, hash_seed: int = 0
    ) -> tuple[CellRun, ...]:
        with self._turnstile.place():
            return notebook_run.run_cells(cells, files, limits, hash_seed)

    def evaluate(
        self,
        expressions: tuple[str, ...],
        context: tuple[str, ...],
        files: Mapping[str, bytes],
        limits: Limits,
    ) -> tuple[float | str, ...]:
        job = GradingJob("", context=context, files=files, limits=limits)
        with self._turnstile.place(), Workplace(files) as place:
            self._fonts.supply(job, place.submission)
            try:
                with Submissions(self._launcher.start("prefix", place.submission, limits), limits) as runs:
                    runs.prepare(context)
                    return tuple(runs.evaluate(expression) for expression in expressions)
            except (PrefixFailed, OSError) as error:
                raise GraderUnavailable(str(error)) from error

    def _grade(self, job: GradingJob) -> GradingReport:
        with Workplace(job.files) as place:
            self._fonts.supply(job, place.submission)
            prefix = self._launcher.start("prefix", place.submission, job.limits)
            with Submissions(prefix, job.limits) as submissions:
                examiner = self._launcher.start("examiner", place.examiner, job.limits)
                try:
                    conversation = Conversation(job, place, submissions, examiner)
                    return self._with_mistake(conversation, conversation.verdict())
                finally:
                    examiner.end()

    def _with_mistake(self, conversation: Conversation, report: GradingReport) -> GradingReport:
        job = conversation.job
        if not job.mistakes or report.outcome in ("passed", "unavailable"):
            return report
        mistake, traces = conversation.mistake(self._traces.recall(job))
        self._traces.learn(job, traces)
        return replace(report, mistake=mistake)
