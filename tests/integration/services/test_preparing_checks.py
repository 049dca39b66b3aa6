"""What is made ready when a learner comes to an exercise: exactly what the check will ask for."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import cast

import pytest
from small_world import Desk, ManualClock, ReadingGrader, make_learner

from courses.services.manage_users import set_role
from courses.services.open_chapter import open_chapter
from courses.services.open_step import open_step
from courses.services.platform import Actor, Platform
from courses.services.ports import GradingJob


@dataclass
class Preparing:
    """Knows which cells are slow, and keeps what it was asked to make ready."""

    slow: str = "b = 2"
    jobs: list[GradingJob] = field(default_factory=list)

    def is_slow(self, cells: Iterable[str]) -> bool:
        return self.slow in list(cells)

    def prepare(self, job: GradingJob) -> None:
        self.jobs.append(job)


@pytest.fixture
def preparing() -> Preparing:
    return Preparing()


@pytest.fixture
def desk(platform: Platform, preparing: Preparing, ada: Actor, clock: ManualClock) -> Desk:
    return Desk(replace(platform, preparer=preparing), ada, clock, count())


def test_the_check_finds_it(desk: Desk, preparing: Preparing) -> None:
    """The same context, files, limits and learner, without a submission or tests."""
    desk.reach("task")
    open_step(desk.platform, desk.actor, "small", "task")
    desk.answer("task", "b = 'wrong'")
    (made,) = preparing.jobs
    (checked,) = cast("ReadingGrader", desk.platform.grader).jobs
    assert made.context and made.files
    assert replace(made, source=checked.source, key=checked.key, tests="", hidden_tests="") == replace(
        checked, tests="", hidden_tests="", mistakes=()
    )


def test_a_page_that_opens_at_an_exercise(desk: Desk, preparing: Preparing) -> None:
    """It is made ready for the step that the learner is at, and for no other."""
    open_chapter(desk.platform, desk.actor, "small", "one")
    assert preparing.jobs == []
    desk.reach("task")
    open_chapter(desk.platform, desk.actor, "small", "one")
    assert len(preparing.jobs) == 1
    desk.answer("task", "b = 'right'")
    open_chapter(desk.platform, desk.actor, "small", "one")
    open_step(desk.platform, desk.actor, "small", "task")
    assert len(preparing.jobs) == 1


def test_quick_chapters(desk: Desk, preparing: Preparing) -> None:
    """Nothing is made ready where no cell of the author's so far is slow."""
    preparing.slow = "c = 3"  # of a later step
    desk.reach("task")
    open_step(desk.platform, desk.actor, "small", "task")
    assert preparing.jobs == []


def test_staff(desk: Desk, preparing: Preparing) -> None:
    """They look at many steps, and seldom check."""
    teacher = make_learner(desk.platform, "grace")
    set_role(desk.platform, "grace", "small", "instructor")
    open_step(desk.platform, teacher, "small", "task")
    assert preparing.jobs == []
