"""The courses a person sees on the home page, and where "continue" goes."""

from courses.models.views import CourseView
from courses.services.outline import course_view
from courses.services.place import enter
from courses.services.platform import Actor, Platform


def list_courses(platform: Platform, actor: Actor) -> list[CourseView]:
    """All published courses with the actor's progress, by title."""
    with platform.store.reading() as unit:
        views = [course_view(enter(unit, actor, course)) for course in unit.editions.courses()]
    return sorted(views, key=lambda view: (view.title.casefold(), view.id))


def open_course(platform: Platform, actor: Actor, course: str) -> CourseView:
    """One published course. Raises NotFound."""
    with platform.store.reading() as unit:
        return course_view(enter(unit, actor, course))
