"""How far a learner is: in a chapter, a course, or everywhere."""

from typing import overload

from courses.models.views import CourseProgressView, ProgressView
from courses.services.outline import course_progress_view, progress_view
from courses.services.place import enter
from courses.services.platform import Actor, Platform


@overload
def read_progress(platform: Platform, actor: Actor) -> list[CourseProgressView]: ...
@overload
def read_progress(platform: Platform, actor: Actor, course: str) -> CourseProgressView: ...
@overload
def read_progress(platform: Platform, actor: Actor, course: str, chapter: str) -> ProgressView: ...


def read_progress(
    platform: Platform, actor: Actor, course: str | None = None, chapter: str | None = None
) -> list[CourseProgressView] | CourseProgressView | ProgressView:
    """Progress of one chapter, of one course, or of every published course. Raises NotFound."""
    with platform.store.reading() as unit:
        if course is None:
            names = sorted(unit.editions.courses())
            return [course_progress_view(enter(unit, actor, name)) for name in names]
        place = enter(unit, actor, course)
        if chapter is None:
            return course_progress_view(place)
        return progress_view(place, place.chapter(chapter))
