"""Judge an answer and record it: the one place where a step is passed."""

from dataclasses import dataclass

from courses.models.views import Answer, AttemptResult
from courses.services.platform import Actor, Platform


@dataclass(frozen=True, slots=True)
class Submission:
    """An answer as it was sent. `edition` is the one the learner saw, None for the newest."""

    answer: Answer
    key: str
    edition: int | None = None
    duration_ms: int = 0


def submit_attempt(
    platform: Platform, actor: Actor, course: str, step: str, submission: Submission
) -> AttemptResult:
    """Judge and record. Raises NotFound, StepLocked, BadAnswer, Rejected, KeyReused, GuessingPause."""
    raise NotImplementedError
