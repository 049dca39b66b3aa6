"""From a folder of course sources to a published edition: read, prove, compare, store.

A failing course leaves the running edition as it is.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from courses.authoring.check_course import check_course
from courses.authoring.compare_editions import compare_editions
from courses.errors import Finding, NotFound
from courses.halting import HaltingGrader
from courses.models.course import Edition
from courses.services.platform import Platform
from courses.services.publish_edition import publish_edition

Say = Callable[[str], None]
T = TypeVar("T")
PROGRESS_SECONDS = 2.0
"""How often something is said while a course is proved."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a publication. `warnings` do not hold it up; `new` is false if nothing has changed."""

    edition: Edition
    warnings: list[Finding]
    new: bool

    def __str__(self) -> str:
        course, number = self.edition.course, self.edition.number
        if self.new:
            return f"{course.title}: edition {number} is published."
        return f"{course.title}: nothing has changed, edition {number} goes on."


def publish_folder(platform: Platform, folder: Path, by: str) -> Published:
    """Raises AuthoringError with everything that is wrong, and then stores nothing."""
    checked = check_course(folder, platform.grader)
    warnings = list(checked.warnings)
    with platform.store.reading() as unit:
        running = unit.editions.newest(checked.course.id)
    if running is not None:
        warnings += compare_editions(running.course, checked.course)
    edition = publish_edition(platform, checked.course, checked.files, by)
    return Published(edition, warnings, running is None or running.number != edition.number)


def course_folders(root: Path) -> list[Path]:
    """The folders below `root` that hold a course. Raises NotFound when there is no such folder."""
    if not root.is_dir():
        raise NotFound("folder of courses", str(root))
    return sorted(file.parent for file in root.glob("*/course.yml"))


def unpublished(platform: Platform, folders: list[Path]) -> list[Path]:
    """Those of `folders` whose course has no edition yet."""
    with platform.store.reading() as unit:
        known = set(unit.editions.courses())
    return [folder for folder in folders if folder.name not in known]


def run_with_progress(grader: HaltingGrader, work: Callable[[], T], say: Say) -> T:
    """Do `work` in a thread and say how it goes on. Ctrl-C in between kills what the grader runs."""
    with ThreadPoolExecutor(1, thread_name_prefix="publish") as pool:
        future = pool.submit(work)
        try:
            while wait([future], PROGRESS_SECONDS).not_done:
                say(f"  … {grader.runs} runs of solutions, mistakes and examples so far")
            return future.result()
        except KeyboardInterrupt:
            grader.halt()
            raise
