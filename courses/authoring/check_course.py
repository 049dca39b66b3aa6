"""Read a course and prove it: what `check` says and what `publish` stores."""

from dataclasses import dataclass
from pathlib import Path

from courses.authoring.prove_course import prove_course
from courses.authoring.read_course import read_folder
from courses.errors import Finding
from courses.models.course import Course, CourseFile
from courses.services.ports import CodeGrader


@dataclass(frozen=True, slots=True)
class CheckedCourse:
    """A course without errors, proved if a grader was given."""

    course: Course
    files: tuple[CourseFile, ...]
    warnings: list[Finding]


def check_course(folder: Path, grader: CodeGrader | None) -> CheckedCourse:
    """Read and prove the course in `folder`; without a grader, nothing runs.

    Raises AuthoringError with all errors.
    """
    reading = read_folder(folder)
    if grader is None:
        return CheckedCourse(reading.course, reading.files, reading.warnings)
    course, warnings = prove_course(reading.course, reading.files, grader, places=reading.places)
    return CheckedCourse(course, reading.files, reading.warnings + warnings)
