"""Take a checkpoint's next hint."""

from courses.models.views import CheckpointView
from courses.services.platform import Actor, Platform


def take_hint(platform: Platform, actor: Actor, course: str, step: str) -> CheckpointView:
    """Record the next hint and show it. Raises NotFound, StepLocked, and Conflict when none is left."""
    raise NotImplementedError
