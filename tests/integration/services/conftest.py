"""A published small course on a fresh SQLite file, and a learner in it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from small_world import FILES, Desk, ManualClock, make_learner, make_platform, small_course

from courses.services.platform import Actor, Platform
from courses.services.publish_edition import publish_edition
from courses.storage import open_store


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def platform(tmp_path: Path, clock: ManualClock) -> Iterator[Platform]:
    with open_store(f"sqlite:///{tmp_path / 'stepwise.db'}") as store:
        wired = make_platform(store, clock)
        publish_edition(wired, small_course(), FILES, "test")
        yield wired


@pytest.fixture
def ada(platform: Platform) -> Actor:
    return make_learner(platform)


@pytest.fixture
def desk(platform: Platform, ada: Actor, clock: ManualClock) -> Desk:
    return Desk(platform, ada, clock, count())
