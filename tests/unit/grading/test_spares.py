"""Who gets a stage that was prepared ahead, how many there are, and what becomes of them."""

import threading
from collections.abc import Callable, Iterator

import pytest

from courses.grading.shelf import Shelf, Spare
from courses.grading.spares import Spares
from courses.grading.submissions import PrefixFailed
from courses.services.ports import GradingJob, Limits
from tests.waiting import wait_for

PATIENCE = 20.0


class FakeStage:
    """Is its own child and its own submissions, too."""

    def __init__(self, job: GradingJob) -> None:
        self.job = job
        self.child = self.submissions = self
        self.go = threading.Event()
        self.fails = self.moves = self.closed = False
        self.works = True
        self.shares: list[str] = []

    def prepare(self) -> None:
        assert self.go.wait(PATIENCE)
        if self.fails or self.closed:
            raise PrefixFailed

    def give_way(self) -> None:
        self.shares.append("small")

    def hurry(self) -> None:
        self.shares.append("ordinary")

    def rest(self) -> bool:
        return not self.moves

    def wake(self) -> bool:
        return self.works

    def kill(self) -> None:
        self.fails = True
        self.go.set()

    def close(self) -> None:
        self.closed = True


class Bench:
    """Spares of fake stages."""

    def __init__(self, most: int = 8, idle: float = 600.0) -> None:
        self.stages: list[FakeStage] = []
        self.calm = self.ready_at_once = True
        self.spares = Spares(self.open, lambda: self.calm, most, idle)  # type: ignore[arg-type]

    def open(self, job: GradingJob) -> FakeStage:
        stage = FakeStage(job)
        if self.ready_at_once:
            stage.go.set()
        self.stages.append(stage)
        return stage

    def make(self, job: GradingJob) -> None:
        """Want it, and wait until it is there."""
        self.spares.want(job)
        until(lambda: self.spares.has(job))


def until(condition: Callable[[], object]) -> None:
    wait_for(condition, "what the spares are told to do", PATIENCE, pause=0.005)


def job(learner: str = "ada", **fields: object) -> GradingJob:
    return GradingJob("x = 1", context=("slow()",), on_behalf=learner, **fields)  # type: ignore[arg-type]


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.spares.stop()
    bench.spares.join()


def test_a_spare_is_taken_once(bench: Bench) -> None:
    """By its learner, for whatever submission; then it is gone."""
    bench.make(job())
    again = GradingJob("another", "tests", "hidden", context=("slow()",), on_behalf="ada", mistakes=("m",))
    assert bench.spares.take(again) is bench.stages[0]
    assert bench.spares.take(again) is None


def test_it_holds_neither_submission_nor_tests(bench: Bench) -> None:
    """Its process is started without them."""
    bench.make(job(tests="assert x", hidden_tests="assert y", mistakes=("z",)))
    kept = bench.stages[0].job
    assert (kept.source, kept.tests, kept.hidden_tests, kept.mistakes) == ("", "", "", ())


@pytest.mark.parametrize(
    "other",
    [
        job("bob"),
        job(""),
        job(files={"a.txt": b"1"}),
        job(limits=Limits(wall=1)),
        GradingJob("x", context=("slow()", ""), on_behalf="ada"),
        GradingJob("x", context=("slow()x",), on_behalf="ada"),
    ],
)
def test_a_spare_is_for_nothing_else(bench: Bench, other: GradingJob) -> None:
    """Another learner, nobody in particular, another context, other files, other limits."""
    bench.make(job())
    assert bench.spares.take(other) is None
    assert bench.spares.take(job()) is bench.stages[0]


def test_nobody_in_particular_has_none(bench: Bench) -> None:
    """What publishing grades is not prepared ahead."""
    bench.spares.want(job(""))
    bench.make(job())
    assert [stage.job.on_behalf for stage in bench.stages] == ["ada"]


def test_wanting_twice_makes_one(bench: Bench) -> None:
    bench.make(job())
    bench.spares.want(job())
    bench.make(job("bob"))
    assert [stage.job.on_behalf for stage in bench.stages] == ["ada", "bob"]


def test_the_bound() -> None:
    """Of all together the longest there goes; a learner has one, the newest."""
    bench = Bench(most=2)
    for learner in ("ada", "bob", "cy"):
        bench.make(job(learner))
    assert [stage.closed for stage in bench.stages] == [True, False, False]
    bench.make(job("bob", limits=Limits(wall=1)))
    assert [stage.closed for stage in bench.stages] == [True, True, False, False]
    bench.spares.stop()
    bench.spares.join()
    assert all(stage.closed for stage in bench.stages)


def test_there_may_be_none() -> None:
    bench = Bench(most=0)
    bench.spares.want(job())
    assert bench.spares._worker is None and bench.spares.take(job()) is None


def test_one_that_nobody_asks_for_goes() -> None:
    """Without anybody asking for anything else."""
    bench = Bench(idle=0.01)
    bench.spares.want(job())
    until(lambda: bench.stages and bench.stages[0].closed)
    assert bench.spares.take(job()) is None
    bench.spares.stop()
    bench.spares.join()


def test_none_is_begun_while_others_wait(bench: Bench) -> None:
    """It is, once nobody does any more."""
    bench.calm = False
    asked = threading.Event()

    def is_calm() -> bool:
        asked.set()
        return bench.calm

    bench.spares._is_calm = is_calm
    bench.spares.want(job())
    assert asked.wait(PATIENCE) and bench.stages == []
    bench.calm = True
    until(lambda: bench.spares.has(job()))


def test_one_at_a_time(bench: Bench) -> None:
    """The second is begun when the first is there, and each gives way to others until then."""
    bench.ready_at_once = False
    bench.spares.want(job("ada"))
    bench.spares.want(job("bob"))
    until(lambda: bench.stages and bench.stages[0].shares == ["small"])
    assert len(bench.stages) == 1
    bench.stages[0].go.set()
    until(lambda: len(bench.stages) == 2)
    assert bench.stages[0].shares == ["small", "ordinary"]
    bench.stages[1].go.set()


def test_one_that_is_being_prepared_is_waited_for(bench: Bench) -> None:
    """Its learner has come, so it no longer gives way; and need not stand still first."""
    bench.ready_at_once = False
    taken: list[object] = []
    bench.spares.want(job())
    until(lambda: bench.stages and bench.stages[0].shares)
    stage = bench.stages[0]
    stage.moves = True
    learner = threading.Thread(target=lambda: taken.append(bench.spares.take(job())))
    learner.start()
    until(lambda: stage.shares == ["small", "ordinary"])
    assert taken == []
    stage.go.set()
    learner.join(PATIENCE)
    assert taken == [stage]


def test_one_that_fails_is_discarded(bench: Bench) -> None:
    """Whoever waits for it starts afresh."""
    bench.ready_at_once = False
    taken: list[object] = ["not yet"]
    bench.spares.want(job())
    until(lambda: bench.stages)
    learner = threading.Thread(target=lambda: taken.append(bench.spares.take(job())))
    learner.start()
    bench.stages[0].fails = True
    bench.stages[0].go.set()
    learner.join(PATIENCE)
    assert taken == ["not yet", None]
    until(lambda: bench.stages[0].closed)


def test_an_unforeseen_error_ends_nothing(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the next one is prepared."""
    opened = bench.spares._open_stage

    def broken(_job: GradingJob) -> object:
        bench.spares._open_stage = opened
        raise LookupError("unforeseen")

    bench.spares._open_stage = broken  # type: ignore[assignment]
    bench.spares.want(job())
    until(lambda: "preparing the next check failed" in caplog.text)
    bench.make(job("bob"))


def test_one_in_which_something_goes_on_is_not_kept(bench: Bench) -> None:
    """What it does would depend on how long it waits."""
    bench.ready_at_once = False
    bench.spares.want(job())
    until(lambda: bench.stages)
    bench.stages[0].moves = True
    bench.stages[0].go.set()
    until(lambda: bench.stages[0].closed)
    assert bench.spares.take(job()) is None


def test_one_that_does_not_wake_is_discarded(bench: Bench) -> None:
    bench.make(job())
    bench.stages[0].works = False
    assert bench.spares.take(job()) is None
    assert bench.stages[0].closed


def test_stopping_while_one_is_prepared(bench: Bench) -> None:
    """It is ended; nothing is kept, and nothing more is made."""
    bench.make(job("bob"))
    bench.ready_at_once = False
    bench.spares.want(job())
    until(lambda: len(bench.stages) == 2 and bench.stages[1].shares)
    bench.spares.stop()
    bench.spares.join()
    assert [stage.closed for stage in bench.stages] == [True, True]
    assert bench.stages[1].fails  # it was not waited for
    bench.spares.want(job())
    assert bench.spares.take(job()) is None and len(bench.stages) == 2


def test_a_shelf_says_when_to_look_again() -> None:
    """When the first is outdated."""
    shelf = Shelf(most=2, idle=10)
    assert shelf.seconds_left(0) is None
    shelf.put(Spare(job("ada"), "k"), now=1)
    shelf.put(Spare(job("bob"), "k"), now=4)
    assert shelf.seconds_left(5) == 6
    assert [spare.learner for spare in shelf.take_outdated(12)] == ["ada"]
