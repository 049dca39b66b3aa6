"""Serve a course's file only to those who may see the step that names it."""

from courses.models.course import CourseFile
from courses.services.platform import Actor, Platform


def read_file(platform: Platform, actor: Actor, course: str, path: str) -> CourseFile:
    """A file that an unlocked step names. Raises NotFound for every other one."""
    raise NotImplementedError
