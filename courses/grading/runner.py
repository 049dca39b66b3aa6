"""The grader: processes of its own for every submission, at most so many at once."""

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TypeVar

from courses.errors import GraderUnavailable, NoSandboxHere, SandboxUnavailable
from courses.grading.cleanup import Cleanup
from courses.grading.conversation import Conversation
from courses.grading.launching import Child, Launcher, PlainLauncher
from courses.grading.notebook_kernels import Kernels, PlainKernels
from courses.grading.notebook_run import run_cells
from courses.grading.slow_cells import SlowCells
from courses.grading.spares import Spares
from courses.grading.stage import Stage, Stages
from courses.grading.submissions import PrefixFailed, Submissions
from courses.grading.traces import TraceMemory
from courses.grading.turnstile import Turnstile
from courses.services.ports import CellRun, GradingJob, GradingReport, Limits

T = TypeVar("T")
log = logging.getLogger("stepwise")
_EXAMINER_WALLS, _EXAMINER_MORE = 2, 10.0
"""An examiner judges for one such time, looks for a mistake for another, and has a little more."""
SPARES = 8
"""Stages kept for learners' next checks, all together."""


class _Lost(Exception):
    """A process ended because what it was forked from has."""


class ProcessGrader:
    """Implements `services.ports.CodeGrader`, and `Preparer` for its own checks.

    `at_once` bounds gradings (default: one for each processor); at most `longest` others wait, up to
    `patience` seconds. `spares` bounds stages that are kept for a learner's next check. `kernels` run
    authors' notebooks.
    """

    def __init__(
        self,
        launcher: Launcher | None = None,
        *,
        at_once: int | None = None,
        patience: float = 30.0,
        longest: int = 256,
        spares: int = SPARES,
        kernels: Kernels | None = None,
    ) -> None:
        self._launcher = launcher or PlainLauncher()
        self._kernels = kernels or PlainKernels()
        at_once = at_once or os.cpu_count() or 1
        self._turnstile = Turnstile(at_once, patience, longest)
        self._cleanup = Cleanup(at_once)
        self._stages = Stages(self._launcher)
        self.spares = Spares(self._stages.open, self._turnstile.is_calm, spares)
        self._traces = TraceMemory()
        self._slow = SlowCells()

    def grade(self, job: GradingJob) -> GradingReport:
        with self._turnstile.place(job.on_behalf, job.key):
            try:
                return _again_when_lost(lambda: self._grade(job))
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
        self.spares.stop()
        self._launcher.stop()
        self._kernels.stop()
        self.spares.join()
        self._cleanup.finish()

    def is_slow(self, cells: Iterable[str]) -> bool:
        return self._slow.knows_one_of(cells)

    def prepare(self, job: GradingJob) -> None:
        self.spares.want(job)

    def run_cells(
        self, cells: tuple[str, ...], files: Mapping[str, bytes], limits: Limits, hash_seed: int = 0
    ) -> tuple[CellRun, ...]:
        with self._turnstile.place():
            return run_cells(self._kernels, cells, files, limits, hash_seed)

    def evaluate(
        self,
        expressions: tuple[str, ...],
        context: tuple[str, ...],
        files: Mapping[str, bytes],
        limits: Limits,
    ) -> tuple[float | str, ...]:
        job = GradingJob("", context=context, files=files, limits=limits)
        with self._turnstile.place():
            try:
                return _again_when_lost(lambda: self._evaluate(job, expressions))
            except (PrefixFailed, OSError, SandboxUnavailable) as error:
                raise GraderUnavailable(str(error)) from error

    def _evaluate(self, job: GradingJob, expressions: tuple[str, ...]) -> tuple[float | str, ...]:
        with closing(self._stages.open(job)) as stage:
            try:
                stage.prepare()
                return tuple(stage.submissions.evaluate(expression) for expression in expressions)
            except PrefixFailed:
                _require_kept(stage.child)
                raise

    def _grade(self, job: GradingJob) -> GradingReport:
        stage = self.spares.take(job) or self._stages.open(job)
        try:
            report = self._grade_on(stage, job)
        finally:
            stage.child.kill()
            self._cleanup.later(stage.close)
        if stage.is_slow and stage.child.can_rest:
            self._slow.learn(job.context, stage.submissions.cell_seconds)
            if report.outcome != "passed":
                self.spares.want(job)
        return report

    def _grade_on(self, stage: Stage, job: GradingJob) -> GradingReport:
        examiner = self._launcher.start("examiner", stage.place.examiner, _unhurried(job.limits))
        try:
            conversation = Conversation(job, stage.submissions, examiner)
            report = self._with_mistake(stage, conversation, conversation.verdict())
            if report.outcome == "passed":
                return report
            _require_kept(stage.child, examiner)
            # Of several processes one may be killed for it, and the others wait for that one.
            if report.outcome in ("crash", "timeout") and stage.child.ran_out_of_memory():
                return replace(report, outcome="memory")
            return report
        finally:
            examiner.kill()
            self._cleanup.later(examiner.end)

    def _with_mistake(self, stage: Stage, conversation: Conversation, report: GradingReport) -> GradingReport:
        job = conversation.job
        if not job.mistakes or report.outcome in ("passed", "unavailable"):
            return report
        stage.child.kill()  # a submission goes on no longer while mistakes run
        with ExitStack() as opened:
            try:
                mistake, traces = conversation.mistake(
                    self._traces.recall(job), lambda: self._open_fresh(job, opened)
                )
            except PrefixFailed:
                return report
        self._traces.learn(job, traces)
        return replace(report, mistake=mistake)

    def _open_fresh(self, job: GradingJob, opened: ExitStack) -> Submissions:
        """Where only the chapter's code so far has run. Raises PrefixFailed.

        What is found out with a process that is lost is not learnt: leaving `opened` raises _Lost.
        """
        stage = opened.enter_context(closing(self._stages.open(job)))
        opened.callback(_require_kept, stage.child)
        stage.prepare()
        return stage.submissions


def _unhurried(limits: Limits) -> Limits:
    """For the tests: they end by the wall clock, and that it was the time is known then."""
    return replace(limits, cpu=_EXAMINER_WALLS * limits.wall + _EXAMINER_MORE)


def _require_kept(*children: Child) -> None:
    """Raises _Lost. What such a child did is not its own doing."""
    if any(child.lost() for child in children):
        raise _Lost("what they were forked from has ended")


def _again_when_lost(work: Callable[[], T]) -> T:
    """Nobody's code is answered for when what its process was forked from has ended."""
    try:
        return work()
    except NoSandboxHere:
        raise
    except (SandboxUnavailable, _Lost) as error:
        log.warning("a grading lost its processes and is tried once more: %s", error)
    try:
        return work()
    except _Lost as error:
        raise GraderUnavailable("Code cannot be checked just now: its processes keep ending.") from error
