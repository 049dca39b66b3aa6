"""A learner's own earlier attempts at a step, to look at and to restore."""

from courses.models.views import AttemptPage
from courses.services.place import enter
from courses.services.platform import Actor, Platform
from courses.services.recall import present_attempt, presenter

_LARGEST_PAGE = 100
_LARGEST_ID = 2**63 - 1


def list_attempts(
    platform: Platform, actor: Actor, course: str, step: str, *, before: int | None = None, limit: int = 20
) -> AttemptPage:
    """A page of attempts, newest first, ids below `before`. Raises NotFound and StepLocked."""
    size = min(max(limit, 1), _LARGEST_PAGE)
    with platform.store.reading() as unit:
        place = enter(unit, actor, course)
        place.step(step)
        end = None if before is None else max(0, min(before, _LARGEST_ID))
        found = unit.attempts.page(actor.id, course, step, end, size + 1)
        show = presenter(platform, place)
        items = [present_attempt(unit, show, attempt) for attempt in found[:size]]
    return AttemptPage(items, items[-1].id if len(found) > size else None)
