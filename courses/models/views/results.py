"""What an action changed."""

from dataclasses import dataclass

from courses.models.views.attempts import AttemptView
from courses.models.views.courses import ProgressView
from courses.models.views.steps import CheckpointView


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """The answer to an attempt. `unlocked` is the id of a step that this attempt has unlocked.

    `counted` is False for a repeated identical wrong answer and in preview. `replayed`: this attempt
    was stored before, under the same idempotency key, and nothing was judged again.
    """

    attempt: AttemptView
    counted: bool
    checkpoint: CheckpointView
    progress: ProgressView
    unlocked: str | None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class ShowResult:
    """The answer to "show me and go on": the checkpoint with its solution, and what it unlocked."""

    checkpoint: CheckpointView
    progress: ProgressView
    unlocked: str | None
