"""How long an attempt that is being judged has to wait for its turn."""

from courses.models.views import WaitingView
from courses.services.place import enter
from courses.services.platform import Actor, Platform


def see_waiting(platform: Platform, actor: Actor, course: str, step: str, key: str) -> WaitingView:
    """Of one's own attempt alone: keys are each learner's. Raises NotFound and StepLocked."""
    with platform.store.reading() as unit:
        enter(unit, actor, course).step(step)
    return WaitingView(platform.grader.waiting(str(actor.id), key))
