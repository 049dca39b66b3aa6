"""Open one unlocked step."""

from courses.models.views import StepView
from courses.services.platform import Actor, Platform


def open_step(platform: Platform, actor: Actor, course: str, step: str) -> StepView:
    """The step's content. Raises NotFound and StepLocked."""
    raise NotImplementedError
