"""What tests of several folders share: a published course, and one Chromium for all of a process."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
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

CHROMIUM_NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


def find_chromium() -> str | None:
    """The machine's own Chromium; None leaves it to Playwright's."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where browser tests alone are wanted, files that have none are not even imported."""
    wanted = config.option.markexpr.startswith("browser")
    if wanted and collection_path.suffix == ".py" and "mark.browser" not in collection_path.read_text():
        return True
    return None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of an `xdist_group` in one process, so that they share fixtures.

    pytest-xdist 3.8 writes the group where pytest 9.2 no longer looks for it (its issue 1386).
    """
    for item in items:
        if (grouped := vars(item).get("_nodeid")) and hasattr(item, "_id"):
            item._id = type(item._id).parse(grouped)


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


Publish = Callable[[Callable[[Path], Path]], Published]


@pytest.fixture(scope="session")
def publish_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Publish:
    """Prove and publish a course once for all test processes, given what writes it into a folder."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent

    def publish(write: Callable[[Path], Path]) -> Published:
        root = shared / write.__name__
        with root.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not root.exists():
                done = stepwise("publish", str(write(root / "courses")), "--data", str(root / "data"))
                assert done.returncode == 0, done.stderr
        return Published(root / "courses", root / "data")

    return publish


@pytest.fixture(scope="session")
def published(publish_once: Publish) -> Published:
    """The course `atlas`; tests that write take a copy."""
    return publish_once(write_atlas)
