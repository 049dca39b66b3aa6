"""Take a checkpoint's next hint."""

from courses.errors import Conflict
from courses.models.phrases import phrase
from courses.models.views import CheckpointView
from courses.services.place import enter
from courses.services.platform import Actor, Platform
from courses.services.recall import presenter, recall


def take_hint(platform: Platform, actor: Actor, course: str, step: str) -> CheckpointView:
    """Record the next hint and show it. Raises NotFound, StepLocked, and Conflict when none is left."""
    with platform.store.unit() as unit:
        place = enter(unit, actor, course)
        if not place.preview:
            unit.enrolments.lock(actor.id, course, platform.clock())
        _, opened = place.step(step)
        taken = unit.hints.taken(actor.id, course, [step]).get(step, 0)
        if place.preview or taken >= len(opened.checkpoint.hints):
            raise Conflict(phrase("There is no further hint."))
        unit.hints.take(actor.id, course, step, taken, platform.clock())
        record = recall(unit, platform, place, [opened])[step]
        view = presenter(platform, place).checkpoint(opened.checkpoint, record)
        unit.commit()
    return view
