"""What helps and what slows: hints, pauses, the solution, “show me and go on”."""

import pytest
from small_world import (
    FILES,
    Desk,
    small_course,
)

from courses.errors import (
    Conflict,
    Forbidden,
    GuessingPause,
)
from courses.models.course import Policies
from courses.services.open_step import open_step
from courses.services.platform import Actor, Platform
from courses.services.publish_edition import publish_edition
from courses.services.show_solution import show_solution
from courses.services.submit_attempt import Submission, submit_attempt
from courses.services.take_hint import take_hint


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
