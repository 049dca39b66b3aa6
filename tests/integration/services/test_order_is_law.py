"""The order of steps against a model of the rules, on real SQLite, whatever learners and authors do."""

import tempfile
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from small_world import SEVEN, ManualClock, make_learner, make_platform, step

from courses.errors import Forbidden, KeyReused, NotFound, StepLocked
from courses.models.course import Chapter, Course, Policies
from courses.models.views import AttemptResult
from courses.services.list_attempts import list_attempts
from courses.services.open_chapter import open_chapter
from courses.services.publish_edition import publish_edition
from courses.services.read_progress import read_progress
from courses.services.show_solution import show_solution
from courses.services.submit_attempt import Submission, submit_attempt
from courses.storage import open_store

FAILURES_BEFORE_SHOW = 2
ANSWERS = st.sampled_from(["7", "7.0", "1", "2", "3"])
RIGHT = {"7", "7.0"}
WHICH = st.integers(0, 30)


class OrderIsLaw(RuleBasedStateMachine):
    """`self.path`, `self.settled` and `self.failed` are the model: plain lists, dicts and sets."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = open_store(f"sqlite:///{Path(self.folder.name) / 'law.db'}")
        self.clock = ManualClock()
        self.platform = make_platform(self.store, self.clock)
        self.actor = make_learner(self.platform)
        self.keys = count()
        self.names = count(4)
        self.editions: list[list[str]] = []
        self.settled: dict[str, str] = {}
        self.failed: dict[str, set[tuple[int, str]]] = {}
        self.sent: list[tuple[str, Submission, AttemptResult]] = []
        self.publish([f"s{i}" for i in range(4)])

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    # -- the model ------------------------------------------------------------------------------

    @property
    def path(self) -> list[str]:
        return self.editions[-1]

    def is_open(self, name: str, path: list[str]) -> bool:
        before = path[: path.index(name)]
        last = before[-1] if before else None
        later = path[path.index(name) :]
        return last is None or last in self.settled or any(s in self.settled for s in later)

    def choose(self, number: int) -> str:
        """Any step that ever was."""
        ever = sorted({s for edition in self.editions for s in edition})
        return ever[number % len(ever)]

    def publish(self, path: list[str]) -> None:
        chapter = Chapter("one", "One", tuple(step(name, SEVEN) for name in path))
        course = Course("small", "Law", (chapter,), policies=Policies(FAILURES_BEFORE_SHOW))
        publish_edition(self.platform, course, (), "test")
        if not self.editions or path != self.path:
            self.editions.append(path)

    # -- what happens ---------------------------------------------------------------------------

    @rule(which=WHICH, answer=ANSWERS, seen=WHICH, newest=st.booleans())
    def answer(self, which: int, answer: str, seen: int, newest: bool) -> None:
        number = len(self.editions) if newest else seen % len(self.editions) + 1
        name = self.choose(which)
        submission = Submission(answer, f"key{next(self.keys)}", number)
        self.clock.advance(1)
        if name not in self.editions[number - 1]:
            with pytest.raises(NotFound):
                self.submit(name, submission)
            return
        order = self.path if name in self.path else self.editions[number - 1]
        if not self.is_open(name, order):
            with pytest.raises(StepLocked):
                self.submit(name, submission)
            return
        result = self.submit(name, submission)
        self.sent.append((name, submission, result))
        self.check_result(name, answer, number, result)

    def submit(self, name: str, submission: Submission) -> AttemptResult:
        return submit_attempt(self.platform, self.actor, "small", name, submission)

    def check_result(self, name: str, answer: str, number: int, result: AttemptResult) -> None:
        right = answer in RIGHT
        assert result.attempt.passed == right
        assert not result.replayed
        if not right:
            failed = self.failed.setdefault(name, set())
            assert result.counted == ((number, answer) not in failed)
            failed.add((number, answer))
            assert result.unlocked is None
        elif name in self.path:
            closed = [s for s in self.path if not self.is_open(s, self.path)]
            self.settled[name] = "passed"
            opened = [s for s in closed if self.is_open(s, self.path)]
            assert [result.unlocked] == (opened or [None])

    @precondition(lambda self: self.sent)
    @rule(which=WHICH)
    def retry(self, which: int) -> None:
        """A retry is answered with what is stored, however much has happened since."""
        name, submission, first = self.sent[which % len(self.sent)]
        again = self.submit(name, submission)
        assert again.replayed
        assert (again.attempt, again.counted, again.unlocked) == (
            first.attempt,
            first.counted,
            first.unlocked,
        )

    @precondition(lambda self: self.sent)
    @rule(which=WHICH)
    def reuse_key(self, which: int) -> None:
        name, submission, _ = self.sent[which % len(self.sent)]
        with pytest.raises(KeyReused):
            self.submit(name, Submission("99", submission.key, submission.edition))

    @rule(which=WHICH)
    def show(self, which: int) -> None:
        name = self.choose(which)
        expected: type[Exception] | None = None
        if name not in self.path:
            expected = NotFound
        elif not self.is_open(name, self.path):
            expected = StepLocked
        elif name not in self.settled and len(self.failed.get(name, ())) < FAILURES_BEFORE_SHOW:
            expected = Forbidden
        if expected:
            with pytest.raises(expected):
                show_solution(self.platform, self.actor, "small", name)
            return
        show_solution(self.platform, self.actor, "small", name)
        self.settled.setdefault(name, "shown")

    @precondition(lambda self: len(self.path) < 8)
    @rule(position=WHICH)
    def insert_step(self, position: int) -> None:
        at = position % (len(self.path) + 1)
        self.publish([*self.path[:at], f"s{next(self.names)}", *self.path[at:]])

    @precondition(lambda self: len(self.path) > 2)
    @rule(position=WHICH)
    def remove_step(self, position: int) -> None:
        at = position % len(self.path)
        self.publish([*self.path[:at], *self.path[at + 1 :]])

    # -- what always holds ----------------------------------------------------------------------

    @invariant()
    def learner_sees_what_the_rules_say(self) -> None:
        progress = read_progress(self.platform, self.actor, "small", "one")
        for line in progress.outline:
            if line.id in self.settled:
                assert line.state == self.settled[line.id]
            else:
                assert (line.state != "locked") == self.is_open(line.id, self.path)
        assert progress.settled == sum(1 for s in self.path if s in self.settled)
        assert progress.finished == (self.path[-1] in self.settled)

    @invariant()
    def only_open_steps_are_served(self) -> None:
        served = {s.id for s in open_chapter(self.platform, self.actor, "small", "one").steps}
        assert served == {s for s in self.path if self.is_open(s, self.path)}

    @invariant()
    def every_attempt_is_on_record_once(self) -> None:
        for name in self.path:
            if self.is_open(name, self.path):
                page = list_attempts(self.platform, self.actor, "small", name, limit=100)
                assert len(page.items) == sum(1 for sent, _, _ in self.sent if sent == name)


TestOrderIsLaw = OrderIsLaw.TestCase
TestOrderIsLaw.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
