"""Answers that were given, and what was said about them."""

from dataclasses import dataclass

from courses.models.verdict import Outcome
from courses.models.views.questions import Answer, Rendered


@dataclass(frozen=True, slots=True)
class TestView:
    label: str
    passed: bool
    message: str
    hidden: bool
    __test__ = False


@dataclass(frozen=True, slots=True)
class VerdictView:
    passed: bool
    score: float
    outcome: Outcome
    feedback: list[Rendered]
    tests: list[TestView]
    printed: str
    traceback: str
    parts: list["VerdictView"]


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt, as its learner may see it again. `answer` is in the shape it was sent in."""

    id: int
    step: str
    edition: int
    answer: Answer
    passed: bool
    verdict: VerdictView
    at: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """A learner's attempts at one step, newest first. Pass `next_before` as `before` to go on."""

    items: list[AttemptView]
    next_before: int | None


@dataclass(frozen=True, slots=True)
class WaitingView:
    """How many gradings at most come before an attempt's.

    None when it does not wait: it is at work, or judged, or there is none with this key here.
    """

    before: int | None
