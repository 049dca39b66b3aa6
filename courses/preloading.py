"""Which modules the warm processes import, so that learners' code finds them there: what courses name."""

import contextlib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from courses.authoring.course_yml import FILE, read_course_fields
from courses.authoring.packages import modules_of
from courses.authoring.spots import Spot
from courses.publishing import course_folders
from courses.services.store import Store

Naming = Mapping[str, list[str]]
"""Packages, each with the courses that name it."""


def named_packages(store: Store, sources: Path) -> Naming:
    """Of the published courses, and of those in `sources` that are about to be."""
    named: dict[str, list[str]] = defaultdict(list)
    with store.reading() as unit:
        editions = [unit.editions.newest(course) for course in unit.editions.courses()]
    for course in (edition.course for edition in editions if edition is not None):
        for package in course.packages:
            named[package].append(course.id)
    published = {edition.course.id for edition in editions if edition is not None}
    for folder in course_folders(sources) if sources.is_dir() else ():
        if folder.name not in published:
            for package in _packages_in(folder):
                named[package].append(folder.name)
    return named


def modules_to_warm(named: Naming) -> tuple[str, ...]:
    """In an order that does not change from start to start."""
    return tuple(sorted({module for package in named for module in modules_of(package)}))


def missing_packages(named: Naming) -> list[str]:
    """A sentence for each that is not installed here."""
    return [
        f"{' and '.join(courses)} {'name' if len(courses) > 1 else 'names'} the package “{package}”, "
        f"which is not installed here. Install it: pip install {package}"
        for package, courses in sorted(named.items())
        if not modules_of(package)
    ]


def _packages_in(folder: Path) -> tuple[str, ...]:
    """Publishing reports what is wrong with the file."""
    with contextlib.suppress(OSError):
        return read_course_fields((folder / FILE).read_bytes(), Spot(FILE, [])).packages
    return ()
