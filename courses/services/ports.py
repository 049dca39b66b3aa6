"""What use cases need from the outside world, and nothing about how it is done.

`storage`, `grading` and `web` implement these; `courses.wiring` wires them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from courses.models.verdict import Outcome, TestResult


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one grading run: seconds of wall clock and CPU, MiB of memory, bytes of output."""

    wall: float = 10.0
    cpu: float = 10.0
    memory_mb: int = 1024
    output: int = 200_000
    processes: int = 64


@dataclass(frozen=True, slots=True)
class GradingJob:
    """One submission to run.

    `context` is the code of the chapter so far, cell by cell (IPython syntax). `files` maps paths
    relative to the working folder to content: data and modules for the submission, and those under
    `private/` for the tests alone. `mistakes` are whole replacement cells, tried in order. `modules` are
    what the submission is to import for the tests: the names of modules by those that it gives them.
    """

    source: str
    tests: str = ""
    hidden_tests: str = ""
    context: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()
    modules: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()
    on_behalf: str = ""
    """Whose turn it takes in the queue: a learner's id. Nobody's in particular when empty."""
    key: str = ""
    """What one asks by for how many are before it in the queue."""


@dataclass(frozen=True, slots=True)
class GradingReport:
    """What became of it. `mistake` is the position of the recognised mistake, if any.

    `traceback` holds the learner's own frames only, as plain text; it and `printed` come from the
    part of the run that no hidden test has touched. `detail` is for the author. `modules` are what the
    tests took from a submission that has passed, and found to be modules.
    """

    outcome: Outcome
    tests: tuple[TestResult, ...] = ()
    printed: str = ""
    traceback: str = ""
    mistake: int | None = None
    detail: str = ""
    modules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CellRun:
    """One code cell as it ran: nbformat outputs, what it printed, and the error's text, if any."""

    outputs: tuple[dict[str, Any], ...]
    printed: str
    error: str = ""


class CodeGrader(Protocol):
    """Runs code in fresh, isolated processes. Every call is safe from any thread."""

    def grade(self, job: GradingJob) -> GradingReport:
        """Run a submission and its tests. Never raises for anything the submission does.

        Raises GraderUnavailable when the server cannot run it at all.
        """

    def run_cells(
        self, cells: tuple[str, ...], files: Mapping[str, bytes], limits: Limits, hash_seed: int = 0
    ) -> tuple[CellRun, ...]:
        """Run cells one after the other in one fresh process; stops at the first error."""

    def evaluate(
        self,
        expressions: tuple[str, ...],
        context: tuple[str, ...],
        files: Mapping[str, bytes],
        limits: Limits,
    ) -> tuple[float | str, ...]:
        """Values of author's expressions after `context`. Raises GraderUnavailable with the reason."""

    def waiting(self, on_behalf: str, key: str) -> int | None:
        """How many gradings at most come before the learner's with this key; None when it does not wait."""

    def counts(self) -> tuple[int, int]:
        """How many gradings are at work, and how many wait."""


class Preparer(Protocol):
    """Makes ready what a learner's next check would wait for. Every call returns at once."""

    def is_slow(self, cells: Iterable[str]) -> bool:
        """Whether one of these code cells is known to take long."""

    def prepare(self, job: GradingJob) -> None:
        """For a check with the very same `context`, `files` and `limits` on the same one's behalf."""


class NoPreparer:
    """Implements `Preparer` where nothing is made ready."""

    def is_slow(self, cells: Iterable[str]) -> bool:
        return False

    def prepare(self, job: GradingJob) -> None:
        pass


class TextRenderer(Protocol):
    """Markdown with math to sanitised HTML."""

    def html(
        self, markdown: str, *, attachments: Mapping[str, Mapping[str, str]] | None = None, base: str = ""
    ) -> str:
        """`base` is put before relative addresses of images (a course's file route)."""


class PasswordHasher(Protocol):
    def hash(self, password: str) -> str: ...
    def verify(self, hashed: str, password: str) -> bool: ...


Clock = Callable[[], datetime]
"""The present, in UTC, with its time zone."""
