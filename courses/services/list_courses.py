"""The courses a person sees on the home page, and where "continue" goes."""

from courses.models.views import CourseView
from courses.services.platform import Actor, Platform


def list_courses(platform: Platform, actor: Actor) -> list[CourseView]:
    """All published courses with the actor's progress, by title."""
    raise NotImplementedError


def open_course(platform: Platform, actor: Actor, course: str) -> CourseView:
    """One published course. Raises NotFound."""
    raise NotImplementedError
