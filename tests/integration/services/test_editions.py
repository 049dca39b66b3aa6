"""A new edition under learners who are on their way."""

from dataclasses import replace

import pytest
from small_world import (
    FILES,
    SEVEN,
    TASK,
    Desk,
    ReadingGrader,
    prose,
    small_course,
    states,
    step,
    with_step,
    without_step,
)

from courses.errors import NotFound, QuestionCorrected, StepLocked
from courses.models.checkpoint import Question
from courses.models.course import Course
from courses.services.open_step import open_step
from courses.services.platform import Actor, Platform
from courses.services.ports import GradingJob, GradingReport
from courses.services.publish_edition import publish_edition
from courses.services.submit_attempt import Submission, submit_attempt


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


def asking_again(course: Course, step_id: str, question: Question, *, recheck: bool = True) -> Course:
    """The course with a corrected question that everybody is to answer again, if it says so."""
    first = course.chapters[0]
    at = next(i for i, s in enumerate(first.steps) if s.id == step_id)
    corrected = replace(first.steps[at].checkpoint, question=question, recheck=recheck)
    return with_step(without_step(course, step_id), replace(first.steps[at], checkpoint=corrected), at)


def test_passes_of_a_question_that_is_asked_again_count_no_more(
    platform: Platform, ada: Actor, desk: Desk
) -> None:
    """The step is to be answered as it is now, by everybody, once; attempts and later passes stay."""
    desk.reach("count")
    corrected = asking_again(small_course(), "colour", SEVEN)
    publish_edition(platform, corrected, FILES, "test")
    assert states(platform, ada) == ["passed", "open", "passed", "current"]
    opened = open_step(platform, ada, "small", "colour").checkpoint
    assert (opened.last_attempt, opened.solution, opened.attempts) == (None, None, 1)
    assert desk.answer("colour", "7").attempt.passed
    publish_edition(platform, replace(corrected, title="Another title"), FILES, "test")
    assert states(platform, ada) == ["passed", "passed", "passed", "current"]


def test_the_furthest_step_asked_again_holds_up(platform: Platform, ada: Actor, desk: Desk) -> None:
    """What it had opened is locked until it is passed again."""
    desk.reach("count")
    publish_edition(platform, asking_again(small_course(), "task", SEVEN), FILES, "test")
    assert states(platform, ada) == ["passed", "passed", "current", "locked"]
    assert desk.answer("task", "7").unlocked == "count"


def test_an_old_edition_is_no_way_around_a_question_that_is_asked_again(
    platform: Platform, ada: Actor, desk: Desk
) -> None:
    """Whoever answers what the page showed before is told to reload; nothing is graded or recorded."""
    desk.reach("count")
    publish_edition(platform, asking_again(small_course(), "task", SEVEN), FILES, "test")
    grader = platform.grader
    assert isinstance(grader, ReadingGrader)
    grader.jobs.clear()
    with pytest.raises(QuestionCorrected):
        desk.answer("task", "b = 'right'", edition=1)
    assert not grader.jobs
    assert states(platform, ada) == ["passed", "passed", "current", "locked"]


def test_an_old_question_is_not_answered_when_the_mark_is_gone(
    platform: Platform, ada: Actor, desk: Desk
) -> None:
    """Nor in any later edition; what was seen since the correction is judged as it was seen."""
    desk.reach("count")
    corrected = asking_again(small_course(), "task", SEVEN)
    publish_edition(platform, corrected, FILES, "test")
    unmarked = asking_again(corrected, "task", SEVEN, recheck=False)
    publish_edition(platform, unmarked, FILES, "test")
    gone = without_step(unmarked, "task")
    publish_edition(platform, gone, FILES, "test")
    put_back = asking_again(unmarked, "task", replace(SEVEN, answer=8), recheck=False)
    newest = publish_edition(platform, put_back, FILES, "test")
    assert publish_edition(platform, put_back, FILES, "test") == newest
    with pytest.raises(QuestionCorrected):
        desk.answer("task", "b = 'right'", edition=1)
    assert states(platform, ada) == ["passed", "passed", "current", "locked"]
    assert desk.answer("task", "7", edition=2).unlocked == "count"


def test_a_question_corrected_while_its_answer_is_graded(platform: Platform, ada: Actor, desk: Desk) -> None:
    """The pass of the old one would not count, so it is not recorded."""

    class Publishing(ReadingGrader):
        def grade(self, job: GradingJob) -> GradingReport:
            publish_edition(platform, asking_again(small_course(), "task", SEVEN), FILES, "test")
            return super().grade(job)

    desk.reach("task")
    with pytest.raises(QuestionCorrected):
        submit_attempt(
            replace(platform, grader=Publishing()), ada, "small", "task", Submission("right", "late")
        )
    assert states(platform, ada) == ["passed", "passed", "current", "locked"]


def test_code_that_counts_no_more_is_not_graded_with(platform: Platform, ada: Actor, desk: Desk) -> None:
    """What follows an exercise that is asked again runs after the author's solution."""
    grader = platform.grader
    assert isinstance(grader, ReadingGrader)
    later = with_step(small_course(), step("next", TASK), 3)
    publish_edition(platform, later, FILES, "test")
    desk.reach("count")
    desk.answer("next", "c = 'right'")
    assert "b = 'right'" in grader.jobs[-1].context
    harder = replace(TASK, tests="assert True")
    publish_edition(platform, asking_again(later, "task", harder), FILES, "test")
    desk.answer("next", "d = 'right'")
    assert "b = 'right'" not in grader.jobs[-1].context
    assert harder.solution in grader.jobs[-1].context


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
