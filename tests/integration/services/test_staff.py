"""Staff see everything and leave no trace."""

from itertools import count

from small_world import (
    FILES,
    Desk,
    ManualClock,
    ReadingGrader,
    make_learner,
    small_course,
    states,
    step,
    with_step,
)

from courses.services.list_attempts import list_attempts
from courses.services.manage_users import set_role
from courses.services.open_chapter import open_chapter
from courses.services.platform import Actor, Platform
from courses.services.publish_edition import publish_edition
from courses.services.read_progress import read_progress
from courses.services.show_solution import show_solution


def test_staff_see_everything_and_leave_no_trace(platform: Platform, desk: Desk) -> None:
    """Staff move freely in their own course; their answers are judged and stored nowhere."""
    set_role(platform, "ada", "small", "assistant")
    chapter = open_chapter(platform, desk.actor, "small", "one")
    assert chapter.preview and len(chapter.steps) == 4
    assert chapter.closing
    result = desk.answer("count", "7")
    assert (result.attempt.passed, result.attempt.id, result.counted) == (True, 0, False)
    assert list_attempts(platform, desk.actor, "small", "count").items == []
    assert read_progress(platform, desk.actor, "small").settled == 0
    assert show_solution(platform, desk.actor, "small", "task").checkpoint.solution
    set_role(platform, "ada", "small", "learner")
    assert states(platform, desk.actor) == ["current", "locked", "locked", "locked"]


def test_staff_grade_against_the_author_s_solutions(platform: Platform, clock: ManualClock) -> None:
    """In preview, earlier exercises stand in with the author's solutions; an admin previews every course."""
    desk = Desk(platform, make_learner(platform, "root", admin=True), clock, count())
    again = step("again", small_course().chapters[0].steps[2].checkpoint.question)
    publish_edition(platform, with_step(small_course(), again, 3), FILES, "test")
    desk.answer("again", "right")
    assert isinstance(platform.grader, ReadingGrader)
    assert platform.grader.jobs[-1].context == ("a = 1", "import os", "b = 2", "x = 'right, says the author'")


def test_opening_a_chapter_enrols_learners_only(platform: Platform, ada: Actor) -> None:
    """Whoever opens a chapter is enrolled as a learner; an administrator who looks in is not."""
    root = make_learner(platform, "root", admin=True)
    for actor in (ada, root):
        open_chapter(platform, actor, "small", "one")
    with platform.store.reading() as unit:
        enrolment = unit.enrolments.get(ada.id, "small")
        assert enrolment and enrolment.role == "learner"
        assert unit.enrolments.get(root.id, "small") is None
