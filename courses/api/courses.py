"""Courses and chapters, as far as this learner may see them."""

from courses.api.registry import Route
from courses.api.wire import CourseList
from courses.models.views import ChapterView, CourseView
from courses.services.list_courses import list_courses, open_course
from courses.services.open_chapter import open_chapter
from courses.services.platform import Actor, Platform


def _list_courses(platform: Platform, actor: Actor) -> CourseList:
    return CourseList(items=list_courses(platform, actor))


ROUTES = (
    Route(
        "list_courses",
        "GET",
        "/courses",
        _list_courses,
        CourseList,
        "All courses, with this learner's progress",
    ),
    Route("open_course", "GET", "/courses/{course}", open_course, CourseView, "One course and its chapters"),
    Route(
        "open_chapter",
        "GET",
        "/courses/{course}/chapters/{chapter}",
        open_chapter,
        ChapterView,
        "A chapter's outline and its unlocked steps",
    ),
)
