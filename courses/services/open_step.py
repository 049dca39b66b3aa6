"""Open one unlocked step."""

from courses.models.views import StepView
from courses.services.place import enter
from courses.services.platform import Actor, Platform
from courses.services.prepare_check import prepare_check
from courses.services.recall import presenter, recall


def open_step(platform: Platform, actor: Actor, course: str, step: str) -> StepView:
    """The step's content. Raises NotFound and StepLocked."""
    with platform.store.reading() as unit:
        place = enter(unit, actor, course)
        chapter, opened = place.step(step)
        state = place.progress(chapter).states[chapter.steps.index(opened)]
        prepare_check(unit, platform, place, chapter, opened)
        record = recall(unit, platform, place, [opened])[step]
        return presenter(platform, place).step(opened, state, record)
