"""Two browsers at once: threads against both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from small_world import FILES, make_learner, make_platform, small_course

from courses.errors import Conflict, StepLocked, StepwiseError
from courses.models.views import Answer, AttemptResult
from courses.services.list_attempts import list_attempts
from courses.services.open_step import open_step
from courses.services.platform import Actor, Platform
from courses.services.publish_edition import publish_edition
from courses.services.read_progress import read_progress
from courses.services.submit_attempt import Submission, submit_attempt
from courses.services.take_hint import take_hint
from courses.storage import SqlStore

AT_ONCE = 8


@pytest.fixture
def platform(store: SqlStore) -> Platform:
    wired = make_platform(store)
    publish_edition(wired, small_course(), FILES, "test")
    return wired


@pytest.fixture
def ada(platform: Platform) -> Actor:
    return make_learner(platform)


def at_once(call: Callable[[int], AttemptResult]) -> list[AttemptResult | StepwiseError]:
    """Call from many threads that start together; domain errors are results too."""
    barrier = Barrier(AT_ONCE)

    def run(number: int) -> AttemptResult | StepwiseError:
        barrier.wait()
        try:
            return call(number)
        except StepwiseError as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_many_right_answers_make_one_pass(platform: Platform, ada: Actor) -> None:
    """Right answers at once are all recorded, and exactly one of them unlocks the next step."""
    results = at_once(lambda i: submit_attempt(platform, ada, "small", "start", Submission(True, f"k{i}")))
    done = [r for r in results if isinstance(r, AttemptResult)]
    assert len(done) == AT_ONCE
    assert sorted(r.unlocked or "" for r in done) == [""] * (AT_ONCE - 1) + ["colour"]
    with platform.store.reading() as unit:
        standing = unit.progress.get(ada.id, "small", "start")
    assert standing is not None
    assert standing.attempt == min(r.attempt.id for r in done)
    assert read_progress(platform, ada, "small", "one").settled == 1


def test_many_retries_make_one_attempt(platform: Platform, ada: Actor) -> None:
    """One key sent at once from everywhere is one attempt, and everybody gets its result."""
    results = at_once(lambda _: submit_attempt(platform, ada, "small", "start", Submission(True, "same")))
    done = [r for r in results if isinstance(r, AttemptResult)]
    assert len(done) == AT_ONCE
    assert len({r.attempt.id for r in done}) == 1
    assert [r.replayed for r in done].count(False) == 1
    assert {r.unlocked for r in done} == {"colour"}
    assert len(list_attempts(platform, ada, "small", "start").items) == 1


def test_equal_wrong_answers_count_once(platform: Platform, ada: Actor) -> None:
    """The same wrong answer sent at once under many keys counts once."""
    wrong: Answer = [_red(platform, ada), "1"]
    results = at_once(lambda i: submit_attempt(platform, ada, "small", "pair", Submission(wrong, f"w{i}")))
    done = [r for r in results if isinstance(r, AttemptResult)]
    assert len(done) == AT_ONCE
    assert [r.counted for r in done].count(True) == 1


def test_locked_step_stays_locked_at_once(platform: Platform, ada: Actor) -> None:
    """Answering the next step while the one before it is being passed never skips the order."""

    def answer(number: int) -> AttemptResult:
        step = ("start", "count")[number % 2]
        return submit_attempt(
            platform, ada, "small", step, Submission(True if number % 2 == 0 else "7", f"k{number}")
        )

    results = at_once(answer)
    assert all(isinstance(r, StepLocked) for r in results[1::2])
    assert read_progress(platform, ada, "small", "one").settled == 1


def test_learners_do_not_hold_each_other_up(platform: Platform) -> None:
    """Many learners answering at once all pass."""
    people = [make_learner(platform, f"learner{i}") for i in range(AT_ONCE)]
    results = at_once(
        lambda i: submit_attempt(platform, people[i], "small", "start", Submission(True, "same"))
    )
    assert all(isinstance(r, AttemptResult) and r.unlocked == "colour" for r in results)


def test_hints_at_once(platform: Platform, ada: Actor) -> None:
    """Hints asked for at once come out one after the other, none twice and none beyond the last."""
    submit_attempt(platform, ada, "small", "start", Submission(True, "k"))

    def ask(_: int) -> int | Conflict:
        try:
            return len(take_hint(platform, ada, "small", "colour").hints)
        except Conflict as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        taken = list(pool.map(ask, range(AT_ONCE)))
    assert sorted(t for t in taken if isinstance(t, int)) == [1, 2]


def _red(platform: Platform, ada: Actor) -> str:
    question = open_step(platform, ada, "small", "pair").checkpoint.question.parts[0]
    return next(option.id for option in question.options if option.text.source == "red")
