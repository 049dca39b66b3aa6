"""Publish a course that was read and proved."""

from dataclasses import replace

from courses.models.cell_ids import keep_cell_ids
from courses.models.course import Course, CourseFile, Edition
from courses.models.recheck import asked_since, steps_asked_again
from courses.services.digest import edition_digest
from courses.services.platform import Platform


def publish_edition(platform: Platform, course: Course, files: tuple[CourseFile, ...], by: str) -> Edition:
    """Store a new edition; the newest one is returned when nothing changed.

    What is to be checked again loses its settlements with the same transaction; attempts stay. Cells keep
    their ids, and so the learners' drafts in them.
    """
    now = platform.clock()
    with platform.store.unit() as unit:
        unit.editions.lock(course.id, now)
        newest = unit.editions.newest(course.id)
        if newest is not None:
            course = _succeeding(newest, course)
        digest = edition_digest(course, files)
        if newest is not None and newest.digest == digest:
            return newest
        edition = unit.editions.add(course, files, digest, now, by)
        if newest is not None:
            unit.progress.unsettle(course.id, steps_asked_again(newest.course, course))
        unit.commit()
    return edition


def _succeeding(newest: Edition, course: Course) -> Course:
    """The course with what it takes over from the edition before it."""
    return replace(keep_cell_ids(newest.course, course), asked_since=asked_since(newest, course))
