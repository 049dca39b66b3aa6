"""What the server says about an answer."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal[
    "passed", "failed", "error", "timeout", "memory", "processes", "crash", "output", "unavailable"
]
"""`error`: the learner's code raised; `timeout`, `memory`, `processes`, `output`: a limit was met; `crash`:
the process died; `unavailable`: grading itself failed, and the attempt is not held against the learner."""


@dataclass(frozen=True, slots=True)
class TestResult:
    """One assertion or test cell. A hidden test carries the author's message and nothing else."""

    __test__ = False

    label: str
    passed: bool
    message: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`feedback` is Markdown, most specific first; `score` is from 0 to 1.

    `printed` and `traceback` are plain text. `parts` holds a verdict for each question of a `parts`
    checkpoint, in order.
    """

    passed: bool
    score: float
    outcome: Outcome
    feedback: tuple[str, ...] = ()
    tests: tuple[TestResult, ...] = ()
    printed: str = ""
    traceback: str = ""
    parts: tuple["Verdict", ...] = ()

    @staticmethod
    def right(*feedback: str) -> "Verdict":
        return Verdict(True, 1.0, "passed", feedback)

    @staticmethod
    def wrong(*feedback: str, score: float = 0.0) -> "Verdict":
        return Verdict(False, score, "failed", feedback)
