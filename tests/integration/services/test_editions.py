"""A new edition under learners who are on their way."""

from dataclasses import replace

import pytest
from small_world import (
    FILES,
    SEVEN,
    Desk,
    ReadingGrader,
    prose,
    small_course,
    states,
    step,
    with_step,
)

from courses.errors import (
    NotFound,
    StepLocked,
)
from courses.models.course import Course
from courses.services.platform import Actor, Platform
from courses.services.ports import GradingJob, GradingReport
from courses.services.publish_edition import publish_edition
from courses.services.submit_attempt import Submission, submit_attempt


def without_step(course: Course, gone: str) -> Course:
    first = course.chapters[0]
    steps = tuple(s for s in first.steps if s.id != gone)
    return replace(course, chapters=(replace(first, steps=steps), *course.chapters[1:]))


def test_new_edition_keeps_progress(platform: Platform, ada: Actor, desk: Desk) -> None:
    """A step put in before the furthest one is open and holds nobody up."""
    desk.reach("task")
    publish_edition(
        platform, with_step(small_course(), step("new", SEVEN, prose("pn", "New")), 1), FILES, "t"
    )
    assert states(platform, ada) == ["passed", "open", "passed", "current", "locked"]
    assert desk.answer("new", "7").unlocked is None


def test_attempt_is_judged_by_the_edition_seen(platform: Platform, desk: Desk) -> None:
    """Who opened the page before an edition is judged by what they saw."""
    desk.reach("count")
    first = small_course()
    eight = replace(
        first.chapters[0].steps[3],
        checkpoint=replace(first.chapters[0].steps[3].checkpoint, question=replace(SEVEN, answer=8)),
    )
    publish_edition(platform, with_step(without_step(first, "count"), eight, 3), FILES, "test")
    assert not desk.answer("count", "7").attempt.passed
    seen = desk.answer("count", "7", edition=1)
    assert (seen.attempt.passed, seen.attempt.edition, seen.checkpoint.edition) == (True, 1, 1)


def test_removed_step_is_judged_and_changes_nothing(platform: Platform, ada: Actor, desk: Desk) -> None:
    """An answer to a step that an edition has taken away is recorded; progress stays as it was."""
    desk.reach("colour")
    blue = desk.option("colour", "blue")
    publish_edition(platform, without_step(small_course(), "colour"), FILES, "test")
    with pytest.raises(NotFound):
        desk.answer("colour", blue)
    result = desk.answer("colour", blue, edition=1)
    assert result.attempt.passed and result.attempt.id
    assert result.unlocked is None
    assert states(platform, ada) == ["passed", "current", "locked"]


def test_removed_step_that_was_locked_stays_locked(platform: Platform, desk: Desk) -> None:
    """An old edition is no way around the order."""
    publish_edition(platform, without_step(small_course(), "count"), FILES, "test")
    with pytest.raises(StepLocked):
        desk.answer("count", "7", edition=1)


def test_same_course_is_the_same_edition(platform: Platform) -> None:
    """Publishing what is published already makes no new edition."""
    assert publish_edition(platform, small_course(), FILES, "test").number == 1
    assert publish_edition(platform, small_course(), FILES[1:], "test").number == 2


def test_order_is_checked_again_when_recording(platform: Platform, ada: Actor, desk: Desk) -> None:
    """A step that an edition locks while its answer is being graded is refused, and nothing is recorded."""

    class Publishing(ReadingGrader):
        def grade(self, job: GradingJob) -> GradingReport:
            publish_edition(platform, with_step(small_course(), step("new", SEVEN), 2), FILES, "test")
            return super().grade(job)

    desk.reach("task")
    slow = replace(platform, grader=Publishing())
    with pytest.raises(StepLocked):
        submit_attempt(slow, ada, "small", "task", Submission("right", "late"))
    assert states(platform, ada) == ["passed", "passed", "current", "locked", "locked"]
    with platform.store.reading() as unit:
        assert unit.attempts.by_key(ada.id, "late") is None
