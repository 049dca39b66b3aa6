"""What the warm processes are told to import, from the courses that are published or about to be."""

from dataclasses import replace
from pathlib import Path

from small_world import small_course

from courses.preloading import missing_packages, modules_to_warm, named_packages
from courses.services.platform import Platform
from courses.services.publish_edition import publish_edition


def test_packages_of_published_and_of_new_courses(platform: Platform, tmp_path: Path) -> None:
    """The newest edition counts, not its sources; a course.yml that cannot be read names none."""
    course = replace(small_course(), packages=("pillow", "no-such-package"))
    publish_edition(platform, course, (), "test")
    texts = {
        course.id: "title: x\nchapters: a\npackages: sqlite3",
        "new": "format: 1\ntitle: x\nchapters: a\npackages: matplotlib, no-such-package",
        "broken": "packages: [",
    }
    for name, text in texts.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "course.yml").write_text(text)
    named = named_packages(platform.store, tmp_path)
    assert named == {"pillow": [course.id], "no-such-package": [course.id, "new"], "matplotlib": ["new"]}
    assert modules_to_warm(named) == ("PIL", "matplotlib.pyplot")
    assert missing_packages(named) == [
        f"{course.id} and new name the package “no-such-package”, which is not installed here. "
        "Install it: pip install no-such-package"
    ]


def test_no_folder_of_sources(platform: Platform, tmp_path: Path) -> None:
    """A server may have published courses only."""
    assert named_packages(platform.store, tmp_path / "missing") == {}
