"""How far this learner is: everywhere, in a course, in a chapter."""

from courses.api.registry import Route
from courses.api.wire import ProgressList
from courses.models.views import CourseProgressView, ProgressView
from courses.services.platform import Actor, Platform
from courses.services.read_progress import read_progress


def _read_all(platform: Platform, actor: Actor) -> ProgressList:
    return ProgressList(items=read_progress(platform, actor))


ROUTES = (
    Route("read_progress", "GET", "/progress", _read_all, ProgressList, "Progress in every course"),
    Route(
        "read_course_progress",
        "GET",
        "/courses/{course}/progress",
        read_progress,
        CourseProgressView,
        "Progress in a course, chapter by chapter",
    ),
    Route(
        "read_chapter_progress",
        "GET",
        "/courses/{course}/chapters/{chapter}/progress",
        read_progress,
        ProgressView,
        "Progress in a chapter, step by step",
    ),
)
