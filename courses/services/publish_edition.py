"""Publish a course that was read and proved."""

from courses.models.course import Course, CourseFile, Edition
from courses.services.platform import Platform


def publish_edition(platform: Platform, course: Course, files: tuple[CourseFile, ...], by: str) -> Edition:
    """Store a new edition; the newest one is returned when nothing changed."""
    raise NotImplementedError
