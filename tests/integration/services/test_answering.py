"""From an answer to a verdict, a pass and the next step."""

from dataclasses import replace
from itertools import count

import pytest
from small_world import (
    FILES,
    SEVEN,
    Desk,
    ManualClock,
    ReadingGrader,
    make_learner,
    prose,
    small_course,
    step,
)

from courses.errors import (
    BadAnswer,
    Conflict,
    Forbidden,
    GuessingPause,
    KeyReused,
    NotFound,
    Rejected,
    StepLocked,
)
from courses.models.course import Course, Policies, Step
from courses.models.views import Answer
from courses.services.list_attempts import list_attempts
from courses.services.list_courses import open_course
from courses.services.manage_users import set_role
from courses.services.open_chapter import open_chapter
from courses.services.open_step import open_step
from courses.services.platform import Actor, Platform
from courses.services.ports import GradingJob, GradingReport
from courses.services.publish_edition import publish_edition
from courses.services.read_progress import read_progress
from courses.services.show_solution import show_solution
from courses.services.submit_attempt import Submission, submit_attempt
from courses.services.take_hint import take_hint


def states(platform: Platform, actor: Actor, chapter: str = "one") -> list[str]:
    return [line.state for line in read_progress(platform, actor, "small", chapter).outline]


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


def test_quick_guesses_meet_a_growing_pause(platform: Platform, ada: Actor, desk: Desk) -> None:
    """From the second quick wrong guess on there is a pause, and an attempt in it is not recorded."""
    desk.reach("colour")
    red, green, blue = (desk.option("colour", name) for name in ("red", "green", "blue"))

    def guess(option: str, key: str) -> float:
        sent = Submission(option, key)
        return submit_attempt(platform, ada, "small", "colour", sent).checkpoint.pause_seconds

    assert guess(red, "g1") == 0
    desk.clock.advance(1)
    assert guess(green, "g2") == 5
    desk.clock.advance(2)
    with pytest.raises(GuessingPause) as paused:
        guess(blue, "g3")
    assert paused.value.retry_after == 3
    desk.clock.advance(3)
    assert guess(blue, "g3") == 0
    assert open_step(platform, ada, "small", "colour").checkpoint.attempts == 3


def test_typed_answers_meet_no_pause(platform: Platform, ada: Actor, desk: Desk) -> None:
    """Whoever types is not guessing."""
    desk.reach("count")
    for i in range(4):
        sent = Submission(str(i), f"typed{i}")
        assert submit_attempt(platform, ada, "small", "count", sent).checkpoint.pause_seconds == 0


def test_hints_come_one_at_a_time(platform: Platform, ada: Actor, desk: Desk) -> None:
    """Each hint is recorded and stays; none is shown before it is taken; after the last there is none."""
    desk.reach("colour")
    assert open_step(platform, ada, "small", "colour").checkpoint.hints == []
    taken = [[h.source for h in take_hint(platform, ada, "small", "colour").hints] for _ in range(2)]
    assert taken == [["Not red."], ["Not red.", "Sky."]]
    with pytest.raises(Conflict):
        take_hint(platform, ada, "small", "colour")
    assert len(open_step(platform, ada, "small", "colour").checkpoint.hints) == 2


def test_show_me_and_go_on(platform: Platform, ada: Actor, desk: Desk) -> None:
    """After the policy's failures the solution may be shown: the next step opens, and a pass can follow."""
    desk.reach("count")
    desk.answer("count", "1")
    with pytest.raises(Forbidden):
        show_solution(platform, ada, "small", "count")
    desk.answer("count", "2")
    result = show_solution(platform, ada, "small", "count")
    assert result.checkpoint.solution and result.checkpoint.solution.text.source == "7"
    assert (result.progress.finished, result.progress.outline[-1].state) == (True, "shown")
    assert show_solution(platform, ada, "small", "count").unlocked is None
    assert desk.answer("count", "7").progress.outline[-1].state == "passed"


def test_show_me_unlocks_the_next_step(platform: Platform, ada: Actor, desk: Desk) -> None:
    """The answer to "show me" names the step that opened."""
    desk.reach("task")
    desk.answer("task", "one")
    desk.answer("task", "two")
    assert show_solution(platform, ada, "small", "task").unlocked == "count"


def test_course_may_never_show(platform: Platform, ada: Actor, desk: Desk) -> None:
    """Where the policy is never, solutions stay hidden before and after a pass."""
    closed = small_course(Policies(attempts_before_show=0, solution="never"))
    publish_edition(platform, closed, FILES, "test")
    desk.reach("count")
    for wrong in "123":
        assert desk.answer("count", wrong).checkpoint.failures_left is None
    with pytest.raises(Forbidden):
        show_solution(platform, ada, "small", "count")
    assert desk.answer("count", "7").checkpoint.solution is None


def test_solution_appears_with_the_pass(desk: Desk) -> None:
    """Before the pass there is no solution; after it, the author's stands beside the learner's."""
    desk.reach("task")
    assert desk.answer("task", "wrong").checkpoint.solution is None
    solution = desk.answer("task", "right").checkpoint.solution
    assert solution and solution.code == "x = 'right, says the author'"


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


def with_step(course: Course, new: Step, position: int) -> Course:
    first = course.chapters[0]
    steps = (*first.steps[:position], new, *first.steps[position:])
    return replace(course, chapters=(replace(first, steps=steps), *course.chapters[1:]))


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


def test_opening_a_chapter_enrols_learners_only(platform: Platform, ada: Actor) -> None:
    """Whoever opens a chapter is enrolled as a learner; an administrator who looks in is not."""
    root = make_learner(platform, "root", admin=True)
    for actor in (ada, root):
        open_chapter(platform, actor, "small", "one")
    with platform.store.reading() as unit:
        enrolment = unit.enrolments.get(ada.id, "small")
        assert enrolment and enrolment.role == "learner"
        assert unit.enrolments.get(root.id, "small") is None
