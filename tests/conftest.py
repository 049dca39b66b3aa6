"""What tests of several folders share: a published course, and one Chromium for all of a process."""

import fcntl
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.atlas import write_atlas
from tests.serve import stepwise

# How fast a machine under load makes examples says nothing about what they test.
hypothesis.settings.register_profile(
    "stepwise", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("stepwise")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


def find_chromium() -> str | None:
    """The machine's own Chromium; None leaves it to Playwright's."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Published:
    """A course folder, and a data folder into which it has been published once."""

    courses: Path
    data: Path

    def copy(self, folder: Path) -> Path:
        """A data folder of one's own with the course in it."""
        shutil.copytree(self.data, folder)
        return folder


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Published:
    """The course `atlas`, proved and published once for all test processes."""
    own = tmp_path_factory.getbasetemp()
    root = (own if worker_id == "master" else own.parent) / "published"
    with (root.with_suffix(".lock")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            folder = write_atlas(root / "courses")
            done = stepwise("publish", str(folder), "--data", str(root / "data"))
            assert done.returncode == 0, done.stderr
    return Published(root / "courses", root / "data")
