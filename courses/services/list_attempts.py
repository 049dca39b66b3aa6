"""A learner's own earlier attempts at a step, to look at and to restore."""

from courses.models.views import AttemptPage
from courses.services.platform import Actor, Platform


def list_attempts(
    platform: Platform, actor: Actor, course: str, step: str, *, before: int | None = None, limit: int = 20
) -> AttemptPage:
    """A page of attempts, newest first, ids below `before`. Raises NotFound and StepLocked."""
    raise NotImplementedError
