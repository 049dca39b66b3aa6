"""The grader: processes of its own for every submission, at most so many at once."""

import os
from collections.abc import Mapping
from dataclasses import replace

from courses.errors import GraderUnavailable, SandboxUnavailable
from courses.grading import notebook_run
from courses.grading.conversation import Conversation, PrefixFailed, Submissions
from courses.grading.fonts import FontCache
from courses.grading.launching import Launcher, PlainLauncher
from courses.grading.traces import TraceMemory
from courses.grading.turnstile import Turnstile
from courses.grading.workplace import Workplace
from courses.services.ports import CellRun, GradingJob, GradingReport, Limits


class _Lost(Exception):
    """A process ended because what it was forked from has."""


class ProcessGrader:
    """Implements `services.ports.CodeGrader`.

    `at_once` bounds gradings (default: one for each processor); at most `longest` others wait, up to
    `patience` seconds.
    """

    def __init__(
        self,
        launcher: Launcher | None = None,
        at_once: int | None = None,
        patience: float = 30.0,
        longest: int = 256,
    ) -> None:
        self._launcher = launcher or PlainLauncher()
        self._turnstile = Turnstile(at_once or os.cpu_count() or 1, patience, longest)
        self._fonts = FontCache()
        self._traces = TraceMemory()

    def grade(self, job: GradingJob) -> GradingReport:
        with self._turnstile.place(job.on_behalf, job.key):
            try:
                return self._grade_again_when_lost(job)
            except OSError as error:
                raise GraderUnavailable("Code cannot be checked just now.") from error
            except SandboxUnavailable as error:
                raise GraderUnavailable(f"Code cannot be checked just now. {error}") from error

    def waiting(self, on_behalf: str, key: str) -> int | None:
        return self._turnstile.before(on_behalf, key)

    def counts(self) -> tuple[int, int]:
        return self._turnstile.counts()

    def stop(self) -> None:
        """Nothing is graded any more."""
        self._launcher.stop()

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
            self._supply_fonts(job, place)
            try:
                with Submissions(self._launcher.start("prefix", place.submission, limits), limits) as runs:
                    runs.prepare(context)
                    return tuple(runs.evaluate(expression) for expression in expressions)
            except (PrefixFailed, OSError, SandboxUnavailable) as error:
                raise GraderUnavailable(str(error)) from error

    def _grade_again_when_lost(self, job: GradingJob) -> GradingReport:
        """A submission is not answered for when what its process was forked from has ended."""
        try:
            return self._grade(job)
        except (SandboxUnavailable, _Lost):
            pass
        try:
            return self._grade(job)
        except _Lost as error:
            raise GraderUnavailable("Code cannot be checked just now: its processes keep ending.") from error

    def _grade(self, job: GradingJob) -> GradingReport:
        with Workplace(job.files) as place:
            self._supply_fonts(job, place)
            prefix = self._launcher.start("prefix", place.submission, job.limits)
            with Submissions(prefix, job.limits) as submissions:
                examiner = self._launcher.start("examiner", place.examiner, job.limits)
                try:
                    conversation = Conversation(job, submissions, examiner)
                    report = self._with_mistake(conversation, conversation.verdict())
                    if report.outcome == "passed":
                        return report
                    if prefix.lost() or examiner.lost():
                        raise _Lost
                    if report.outcome == "crash" and prefix.ran_out_of_memory():
                        return replace(report, outcome="memory")
                    return report
                finally:
                    examiner.end()

    def _supply_fonts(self, job: GradingJob, place: Workplace) -> None:
        if self._launcher.needs_fonts:
            self._fonts.supply(job, place.submission)

    def _with_mistake(self, conversation: Conversation, report: GradingReport) -> GradingReport:
        job = conversation.job
        if not job.mistakes or report.outcome in ("passed", "unavailable"):
            return report
        mistake, traces = conversation.mistake(self._traces.recall(job))
        self._traces.learn(job, traces)
        return replace(report, mistake=mistake)
