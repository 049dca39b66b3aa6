"""Two small courses whose every secret holds the word SECRET, and stand-ins for what the API never sees."""

import html
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from courses.models.checkpoint import Checkpoint, Choice, CodeMistake, Exercise, Mistake, Number, Option, Read
from courses.models.course import Cell, Chapter, Course, Policies, Step
from courses.models.verdict import TestResult
from courses.services.ports import CellRun, GradingJob, GradingReport, Limits

SECRET = "SECRET"
"""In every answer, hint, solution, hidden test and locked step, and nowhere else."""

_FIRST = Step(
    title="Where counting starts",
    cells=(
        Cell("first-prose", "markdown", "Counting starts at zero."),
        Cell("first-code", "code", "print(list(range(3)))"),
    ),
    checkpoint=Checkpoint(
        id="first",
        question=Choice(
            ask="What does `list(range(3))` give?",
            options=(
                Option("[1, 2, 3]", feedback="SECRET feedback one"),
                Option("[0, 1, 2]", correct=True, feedback="SECRET feedback two"),
                Option("[0, 1, 2, 3]", feedback="SECRET feedback three"),
            ),
        ),
        hints=("SECRET hint one", "SECRET hint two"),
        explanation="SECRET explanation",
    ),
)
_SECOND = Step(
    title="How many",
    cells=(Cell("second-prose", "markdown", "SECRET prose"), Cell("second-code", "code", "'SECRET code'")),
    checkpoint=Checkpoint(
        id="second",
        question=Number(
            ask="SECRET question",
            answer=3.0,
            feedback="SECRET feedback",
            mistakes=(Mistake("4", "SECRET mistake"),),
        ),
        hints=("SECRET hint",),
    ),
)
_THIRD = Step(
    title="Write it",
    cells=(Cell("third-prose", "markdown", "SECRET task"),),
    checkpoint=Checkpoint(
        id="third",
        question=Exercise(
            ask="SECRET exercise",
            starter="# SECRET starter",
            solution="SECRET = 1",
            tests="assert 'SECRET test'",
            hidden_tests="assert 'SECRET hidden test'",
            mistakes=(CodeMistake("SECRET = 2", "SECRET code mistake"),),
        ),
    ),
)
ALPHA = Course(
    id="alpha",
    title="Alpha",
    chapters=(
        Chapter(
            "one", "Chapter one", (_FIRST, _SECOND, _THIRD), closing=(Cell("end", "markdown", "SECRET end"),)
        ),
    ),
    policies=Policies(attempts_before_show=2),
)
BETA = Course(
    id="beta",
    title="Beta",
    chapters=(
        Chapter(
            "start", "Start", (Step("Read", (Cell("b", "markdown", "Hello."),), Checkpoint("hello", Read())),)
        ),
    ),
)


class SteppedClock:
    """Time stands still until it is told to go on, so that no pause after a guess surprises a test."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class EscapingText:
    """Markdown as nothing but escaped text."""

    def html(
        self, markdown: str, *, attachments: Mapping[str, Mapping[str, str]] | None = None, base: str = ""
    ) -> str:
        return f"<p>{html.escape(markdown)}</p>"


class PlainPasswords:
    def hash(self, password: str) -> str:
        return f"hashed {password}"

    def verify(self, hashed: str, password: str) -> bool:
        return hashed == self.hash(password)


class ReadingGrader:
    """Passes a submission that says `right`; runs nothing."""

    def grade(self, job: GradingJob) -> GradingReport:
        passed = "right" in job.source
        return GradingReport("passed" if passed else "failed", (TestResult("says right", passed),))

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
