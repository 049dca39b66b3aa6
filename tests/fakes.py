"""Stand-ins for what a platform needs and a test does not: time, Markdown, passwords, a grader."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape

from courses.models.verdict import TestResult
from courses.services.ports import CellRun, GradingJob, GradingReport, Limits


class ManualClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class PlainText:
    """Shows Markdown as it is."""

    def html(
        self, markdown: str, *, attachments: Mapping[str, Mapping[str, str]] | None = None, base: str = ""
    ) -> str:
        return f"<p>{escape(markdown)}</p>"


class PlainPasswords:
    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def verify(self, hashed: str, password: str) -> bool:
        return hashed == f"hash of {password}"


@dataclass
class ReadingGrader:
    """Passes code that holds the word `right`; `jobs` are those it was given."""

    jobs: list[GradingJob] = field(default_factory=list)

    def grade(self, job: GradingJob) -> GradingReport:
        self.jobs.append(job)
        if "unavailable" in job.source:
            return GradingReport("unavailable")
        passed = "right" in job.source
        test = TestResult("It is right", passed, "" if passed else "It is not right yet.")
        return GradingReport("passed" if passed else "failed", (test,), printed="printed")

    def waiting(self, on_behalf: str, key: str) -> int | None:
        return None

    def counts(self) -> tuple[int, int]:
        return 0, 0

    def run_cells(
        self, cells: tuple[str, ...], files: Mapping[str, bytes], limits: Limits, hash_seed: int = 0
    ) -> tuple[CellRun, ...]:
        return tuple(CellRun((), "") for _ in cells)

    def evaluate(
        self,
        expressions: tuple[str, ...],
        context: tuple[str, ...],
        files: Mapping[str, bytes],
        limits: Limits,
    ) -> tuple[float | str, ...]:
        return tuple(0.0 for _ in expressions)
