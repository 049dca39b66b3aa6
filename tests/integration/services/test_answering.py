"""From an answer to a verdict, a pass and the next step."""

import pytest
from small_world import (
    Desk,
    ReadingGrader,
    make_learner,
    states,
)

from courses.errors import (
    BadAnswer,
    KeyReused,
    NotFound,
    Rejected,
    StepLocked,
)
from courses.models.views import Answer
from courses.services.list_attempts import list_attempts
from courses.services.list_courses import open_course
from courses.services.open_chapter import open_chapter
from courses.services.open_step import open_step
from courses.services.platform import Actor, Platform
from courses.services.show_solution import show_solution
from courses.services.submit_attempt import Submission, submit_attempt
from courses.services.take_hint import take_hint


def test_right_answer_opens_the_next_step(platform: Platform, ada: Actor, desk: Desk) -> None:
    """A pass is recorded, names the step it unlocks, and side list, chapter and course agree."""
    assert states(platform, ada) == ["current", "locked", "locked", "locked"]
    result = desk.answer("start", True)
    assert (result.attempt.passed, result.unlocked, result.counted) == (True, "colour", True)
    assert [line.state for line in result.progress.outline] == ["passed", "current", "locked", "locked"]
    chapter = open_chapter(platform, ada, "small", "one")
    assert chapter.outline == result.progress.outline
    assert [s.id for s in chapter.steps] == ["start", "colour"]
    course = open_course(platform, ada, "small")
    assert (course.settled, course.total) == (1, 6)
    assert course.resume and (course.resume.chapter, course.resume.step) == ("one", "colour")


def test_locked_step_is_refused(platform: Platform, ada: Actor, desk: Desk) -> None:
    """Whatever the client asks of a locked step, it is refused and nothing is recorded."""
    for refused in (
        lambda: desk.answer("count", "7"),
        lambda: desk.answer("count", ["nonsense"]),
        lambda: open_step(platform, ada, "small", "count"),
        lambda: take_hint(platform, ada, "small", "count"),
        lambda: show_solution(platform, ada, "small", "count"),
        lambda: list_attempts(platform, ada, "small", "count"),
    ):
        with pytest.raises(StepLocked):
            refused()
    assert states(platform, ada) == ["current", "locked", "locked", "locked"]


@pytest.mark.parametrize("course", ["other", "", "a\x00b", "\ud800"])
def test_unknown_things_are_not_found(platform: Platform, ada: Actor, course: str) -> None:
    """A course, chapter or step that does not exist is said not to, whatever its name holds."""
    with pytest.raises(NotFound):
        open_course(platform, ada, course)
    with pytest.raises(NotFound):
        open_chapter(platform, ada, "small", course)
    with pytest.raises(NotFound):
        open_step(platform, ada, "small", course)


def test_wrong_answer_gets_its_own_feedback(desk: Desk) -> None:
    """The feedback is the author's for that very option, and says nothing of the others."""
    desk.reach("colour")
    result = desk.answer("colour", desk.option("colour", "red"))
    assert [f.source for f in result.attempt.verdict.feedback] == ["Red is warm."]
    assert "near" not in repr(result)
    assert result.unlocked is None


def test_repeated_wrong_answer_counts_once(desk: Desk) -> None:
    """The same wrong answer again is recorded, but brings "show me" no nearer."""
    desk.reach("colour")
    red, green = desk.option("colour", "red"), desk.option("colour", "green")
    first, again, other = (desk.answer("colour", option) for option in (red, red, green))
    assert [r.counted for r in (first, again, other)] == [True, False, True]
    assert [r.checkpoint.failures_left for r in (first, again, other)] == [1, 1, 0]
    assert other.checkpoint.attempts == 3


def test_a_wrong_answer_after_the_pass_leaves_the_latest_pass_to_be_shown(desk: Desk) -> None:
    """A step that nobody has passed has none; of several passes it is the latest."""
    desk.reach("colour")
    assert desk.answer("colour", desk.option("colour", "red")).checkpoint.last_pass is None
    desk.answer("colour", desk.option("colour", "blue"))
    latest = desk.answer("colour", desk.option("colour", "blue")).attempt
    wrong = desk.answer("colour", desk.option("colour", "red"))
    seen = open_step(desk.platform, desk.actor, "small", "colour").checkpoint
    assert (seen.last_pass, seen.last_attempt) == (latest, wrong.attempt)
    assert wrong.checkpoint.last_pass == latest


def test_grader_failure_is_not_held_against_the_learner(desk: Desk) -> None:
    """An attempt that could not be graded is on record and does not count."""
    desk.reach("task")
    result = desk.answer("task", "unavailable")
    assert (result.counted, result.attempt.verdict.outcome) == (False, "unavailable")
    assert result.checkpoint.failures_left == 2


@pytest.mark.parametrize(
    ("step_id", "answer"),
    [
        ("start", False),
        ("start", "true"),
        ("colour", "not an id"),
        ("colour", ["red"]),
        ("colour", True),
        ("task", ["x"]),
        ("task", "x" * 100_001),
        ("task", "a\x00b"),
        ("task", "\ud800"),
        ("count", True),
        ("count", "7" * 20_001),
    ],
)
def test_answer_of_the_wrong_shape_is_refused(desk: Desk, step_id: str, answer: Answer) -> None:
    """An answer that its question cannot have is an error that says what to send, and no attempt."""
    desk.reach(step_id)
    with pytest.raises(BadAnswer) as refused:
        desk.answer(step_id, answer)
    assert refused.value.field == "answer"
    assert open_step(desk.platform, desk.actor, "small", step_id).checkpoint.attempts == 0


@pytest.mark.parametrize(
    ("field", "submission"),
    [
        ("edition", Submission(True, "k", edition=2)),
        ("edition", Submission(True, "k", edition=0)),
        ("edition", Submission(True, "k", edition=10**30)),
        ("key", Submission(True, "")),
        ("key", Submission(True, "k" * 65)),
        ("key", Submission(True, "k\x00")),
        ("duration_ms", Submission(True, "k", duration_ms=-1)),
        ("duration_ms", Submission(True, "k", duration_ms=2**31)),
    ],
)
def test_bad_request_names_its_field(
    platform: Platform, ada: Actor, field: str, submission: Submission
) -> None:
    """A wrong part of a submission is named."""
    with pytest.raises(Rejected) as refused:
        submit_attempt(platform, ada, "small", "start", submission)
    assert refused.value.field == field


def test_same_key_is_the_same_attempt(platform: Platform, ada: Actor) -> None:
    """A retry gets the stored result, with the step it unlocked; the key with another answer is refused."""
    submission = Submission(True, "once")
    first, again = (submit_attempt(platform, ada, "small", "start", submission) for _ in range(2))
    assert again.attempt == first.attempt
    assert (first.replayed, again.replayed) == (False, True)
    assert again.unlocked == "colour"
    blue = open_step(platform, ada, "small", "colour").checkpoint.question.options[0].id
    with pytest.raises(KeyReused):
        submit_attempt(platform, ada, "small", "colour", Submission(blue, "once"))
    assert len(list_attempts(platform, ada, "small", "start").items) == 1


def test_keys_are_each_learner_s_own(platform: Platform, ada: Actor) -> None:
    """Two learners may use the same key."""
    bo = make_learner(platform, "bo")
    for actor in (ada, bo):
        assert not submit_attempt(platform, actor, "small", "start", Submission(True, "k")).replayed


def test_redo_never_takes_back(platform: Platform, ada: Actor, desk: Desk) -> None:
    """A passed step can be tried again and failed without losing anything."""
    desk.reach("task")
    result = desk.answer("colour", desk.option("colour", "red"))
    assert not result.attempt.passed
    assert states(platform, ada) == ["passed", "passed", "current", "locked"]
    assert [a.passed for a in list_attempts(platform, ada, "small", "colour").items] == [False, True]


def test_parts_pass_together(platform: Platform, ada: Actor, desk: Desk) -> None:
    """Parts are judged one by one and pass only together."""
    red, blue = (desk.option("pair", name, 0) for name in ("red", "blue"))
    half = desk.answer("pair", [red, "7"])
    assert (half.attempt.passed, half.attempt.verdict.score) == (False, 0.5)
    assert [part.passed for part in half.attempt.verdict.parts] == [False, True]
    with pytest.raises(BadAnswer, match="2 answers"):
        desk.answer("pair", [blue])
    whole = desk.answer("pair", [blue, "7"])
    assert (whole.unlocked, whole.attempt.answer) == ("last", [blue, "7"])


def test_code_runs_after_the_chapter_so_far(platform: Platform, ada: Actor, desk: Desk) -> None:
    """An exercise is judged after the author's cells, without those that are not replayed."""
    desk.reach("task")
    desk.answer("task", "right")
    assert isinstance(platform.grader, ReadingGrader)
    job = platform.grader.jobs[-1]
    assert job.context == ("a = 1", "import os", "b = 2")
    assert job.files == {"data/t.csv": b"1,2", "private/t.csv": b"3,4"}


def test_chapter_finishes(platform: Platform, ada: Actor, desk: Desk) -> None:
    """The closing cells come with the last pass, and "continue" goes to the next chapter."""
    desk.reach("count")
    assert open_chapter(platform, ada, "small", "one").closing == []
    assert desk.answer("count", "7").progress.finished
    chapter = open_chapter(platform, ada, "small", "one")
    assert [cell.id for cell in chapter.closing] == ["p9", "c9"]
    assert chapter.next_chapter and chapter.next_chapter.id == "two"
    course = open_course(platform, ada, "small")
    assert course.resume and course.resume.step == "pair"
    desk.answer("pair", desk.right("pair"))
    assert desk.answer("last", "7").progress.course_finished
    assert open_course(platform, ada, "small").resume is None


def test_continue_goes_to_the_chapter_visited_last(platform: Platform, ada: Actor, desk: Desk) -> None:
    """Whoever opened another chapter goes on there."""
    assert not open_course(platform, ada, "small").started
    open_chapter(platform, ada, "small", "two")
    course = open_course(platform, ada, "small")
    assert course.started and course.resume
    assert course.resume.chapter == "two"
