"""Show me and go on: nobody is ever stuck."""

from dataclasses import replace

from courses.errors import Forbidden
from courses.models.course import Chapter, Step
from courses.models.phrases import phrase
from courses.models.views import ShowResult
from courses.services.outline import progress_view
from courses.services.place import Place, enter
from courses.services.platform import Actor, Platform
from courses.services.recall import presenter, recall
from courses.services.records import Standing
from courses.services.settle import newly_unlocked
from courses.services.store import UnitOfWork


def show_solution(platform: Platform, actor: Actor, course: str, step: str) -> ShowResult:
    """Settle the step as shown. Raises NotFound, StepLocked, and Forbidden before the policy allows.

    A step that is settled already stays as it is, so a retry does no harm.
    """
    with platform.store.unit() as unit:
        place = enter(unit, actor, course)
        if place.preview:
            return _preview(unit, platform, place, step)
        unit.enrolments.lock(actor.id, course, platform.clock())
        place = enter(unit, actor, course)
        chapter, opened = place.step(step)
        unlocked = _settle(unit, platform, place, chapter, opened)
        result = _result(unit, platform, enter(unit, actor, course), chapter, opened)
        unit.commit()
    return replace(result, unlocked=unlocked)


def _settle(unit: UnitOfWork, platform: Platform, place: Place, chapter: Chapter, step: Step) -> str | None:
    if step.id in place.settled:
        return None
    record = recall(unit, platform, place, [step])[step.id]
    left = presenter(platform, place).failures_left(record)
    if left is None:
        raise Forbidden(phrase("This course does not show solutions before a step is passed."))
    if left:
        raise Forbidden(phrase("The solution can be shown after {left} more failed attempts.", left=left))
    unit.progress.settle(place.actor.id, place.course.id, step.id, Standing("shown", platform.clock()))
    return newly_unlocked(chapter, place.settled, step.id, "shown")


def _result(unit: UnitOfWork, platform: Platform, place: Place, chapter: Chapter, step: Step) -> ShowResult:
    record = recall(unit, platform, place, [step])[step.id]
    checkpoint = presenter(platform, place).checkpoint(step.checkpoint, record)
    return ShowResult(checkpoint, progress_view(place, chapter), None)


def _preview(unit: UnitOfWork, platform: Platform, place: Place, step_id: str) -> ShowResult:
    chapter, step = place.step(step_id)
    record = replace(recall(unit, platform, place, [step])[step_id], settlement="shown")
    checkpoint = presenter(platform, place).checkpoint(step.checkpoint, record)
    return ShowResult(checkpoint, progress_view(place, chapter), None)
