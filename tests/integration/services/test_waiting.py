"""How long one's attempt waits is told to whoever sent it, and to nobody else."""

import threading
from dataclasses import replace

import pytest
from small_world import Desk, ReadingGrader, make_learner

from courses.errors import NotFound, StepLocked
from courses.grading.turnstile import Turnstile
from courses.services.platform import Platform
from courses.services.ports import GradingJob, GradingReport
from courses.services.see_waiting import see_waiting
from courses.services.submit_attempt import Submission, submit_attempt


class Line(ReadingGrader):
    """One grading at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.turnstile = Turnstile(1, 30)

    def grade(self, job: GradingJob) -> GradingReport:
        with self.turnstile.place(job.on_behalf, job.key):
            return super().grade(job)

    def waiting(self, on_behalf: str, key: str) -> int | None:
        return self.turnstile.before(on_behalf, key)


def test_ones_own_attempt_alone_is_told_of(platform: Platform, desk: Desk) -> None:
    """Another learner who knows the key learns nothing; nor does one who waits for nothing."""
    desk.reach("task")
    line = Line()
    busy, bo = replace(platform, grader=line), make_learner(platform, "bo", admin=True)
    answer = Submission("b = 'right'", "a-key")
    thread = threading.Thread(target=submit_attempt, args=(busy, desk.actor, "small", "task", answer))
    with line.turnstile.place("another"):
        thread.start()
        while thread.is_alive() and not line.turnstile.counts()[1]:
            threading.Event().wait(0.001)
        assert see_waiting(busy, desk.actor, "small", "task", "a-key").before == 0
        assert see_waiting(busy, desk.actor, "small", "task", "no-key").before is None
        assert see_waiting(busy, bo, "small", "task", "a-key").before is None
    thread.join()
    assert see_waiting(busy, desk.actor, "small", "task", "a-key").before is None


def test_of_a_locked_step_nothing_is_told(platform: Platform, desk: Desk) -> None:
    """As of every other thing about it."""
    with pytest.raises(StepLocked):
        see_waiting(platform, desk.actor, "small", "count", "k")
    with pytest.raises(NotFound):
        see_waiting(platform, desk.actor, "small", "nowhere", "k")
