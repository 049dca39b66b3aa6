"""From a folder of course sources to a published edition: read, prove, store.

A failing course leaves the running edition as it is.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from courses.authoring.prove_course import prove_course
from courses.authoring.read_course import read_course
from courses.errors import Finding, NotFound
from courses.models.course import Edition
from courses.services.platform import Platform
from courses.services.publish_edition import publish_edition

log = logging.getLogger("stepwise.publish")


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a publication: `warnings` do not hold it up."""

    edition: Edition
    warnings: list[Finding]


def publish_folder(platform: Platform, folder: Path, by: str) -> Published:
    """Raises AuthoringError with everything that is wrong, and then stores nothing."""
    course, files, warnings = read_course(folder)
    proved, more = prove_course(course, files, platform.grader)
    edition = publish_edition(platform, proved, files, by)
    return Published(edition, [*warnings, *more])


def course_folders(root: Path) -> list[Path]:
    """The folders below `root` that hold a course. Raises NotFound when there is no such folder."""
    if not root.is_dir():
        raise NotFound("folder of courses", str(root))
    return sorted(file.parent for file in root.glob("*/course.yml"))


def publish_missing(platform: Platform, folder: Path, say: Callable[[str], None]) -> None:
    """Publish the course in `folder` unless it has an edition. Raises AuthoringError."""
    with platform.store.reading() as unit:
        if folder.name in unit.editions.courses():
            return
    say(f"Publishing {folder.name}: every solution, mistake and example is run once …")
    published = publish_folder(platform, folder, by="stepwise serve")
    say(f"Published {folder.name}, edition {published.edition.number}.")
