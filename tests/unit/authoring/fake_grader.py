"""A grader that runs code in this very process, for the author's side of the port only."""

import contextlib
import io
from collections.abc import Mapping
from typing import Any

from courses.errors import GraderUnavailable
from courses.models.verdict import Outcome, TestResult
from courses.services.ports import CellRun, GradingJob, GradingReport, Limits


class FakeGrader:
    """Runs trusted test code with `exec`. `seed` is a name the code may read to differ between runs."""

    def __init__(self) -> None:
        self.jobs: list[GradingJob] = []
        self.files: list[Mapping[str, bytes]] = []

    def grade(self, job: GradingJob) -> GradingReport:
        self.jobs.append(job)
        names: dict[str, Any] = {}
        try:
            for source in (*job.context, job.source):
                _run(source, names)
        except Exception as error:
            return GradingReport("error", traceback=f"{type(error).__name__}: {error}")
        for source, hidden in ((job.tests, False), (job.hidden_tests, True)):
            try:
                _run(source, names)
            except AssertionError as error:
                result = TestResult(str(error), False, hidden=hidden)
                mistake = job.mistakes.index(job.source) if job.source in job.mistakes else None
                return GradingReport("failed", (result,), mistake=mistake)
        outcome: Outcome = "passed"
        return GradingReport(outcome)

    def run_cells(
        self, cells: tuple[str, ...], files: Mapping[str, bytes], limits: Limits, hash_seed: int = 0
    ) -> tuple[CellRun, ...]:
        self.files.append(files)
        names: dict[str, Any] = {"seed": hash_seed, "shown": []}
        runs: list[CellRun] = []
        for cell in cells:
            names["shown"] = []
            try:
                printed = _run(cell, names)
            except Exception as error:
                text = f"Traceback …\n{type(error).__name__}: {error}"
                runs.append(CellRun(({"output_type": "error", "evalue": str(error)},), "", text))
                break
            runs.append(CellRun((*names["shown"], *_stream(printed)), printed))
        return tuple(runs)

    def waiting(self, on_behalf: str, key: str) -> int | None:
        return None

    def counts(self) -> tuple[int, int]:
        return 0, 0

    def evaluate(
        self,
        expressions: tuple[str, ...],
        context: tuple[str, ...],
        files: Mapping[str, bytes],
        limits: Limits,
    ) -> tuple[float | str, ...]:
        names: dict[str, Any] = {}
        for source in context:
            _run(source, names)
        try:
            values = [eval(expression, names) for expression in expressions]
        except Exception as error:
            raise GraderUnavailable(f"{type(error).__name__}: {error}") from error
        return tuple(values)  # whole numbers too, which are floats to the eyes of types


class AbsentGrader(FakeGrader):
    """One that can run nothing."""

    def run_cells(
        self, cells: tuple[str, ...], files: Mapping[str, bytes], limits: Limits, hash_seed: int = 0
    ) -> tuple[CellRun, ...]:
        raise GraderUnavailable("there is no Python.")


def _run(source: str, names: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(source, names)
    return printed.getvalue()


def _stream(printed: str) -> tuple[dict[str, Any], ...]:
    return ({"output_type": "stream", "name": "stdout", "text": printed},) if printed else ()
