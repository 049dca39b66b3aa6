"""A small course and a platform around it: real store and validators, a grader that reads the code."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from courses.models.checkpoint import Checkpoint, Choice, Exercise, Number, Option, Parts, Question, Read
from courses.models.course import Cell, Chapter, Course, CourseFile, Policies, Step
from courses.models.views import Answer, AttemptResult
from courses.services.manage_users import add_user
from courses.services.open_step import open_step
from courses.services.platform import Actor, Platform
from courses.services.read_progress import read_progress
from courses.services.store import Store
from courses.services.submit_attempt import Submission, submit_attempt
from tests.fakes import ManualClock, PlainPasswords, PlainText, ReadingGrader

PASSWORD = "correct horse battery"


def make_platform(store: Store, clock: ManualClock | None = None) -> Platform:
    return Platform(
        store=store,
        grader=ReadingGrader(),
        text=PlainText(),
        passwords=PlainPasswords(),
        clock=clock or ManualClock(),
        secret=b"secret of the tests",
    )


def make_learner(platform: Platform, name: str = "ada", *, admin: bool = False) -> Actor:
    user = add_user(platform, name, PASSWORD, admin)
    return Actor(user.id, user.name, user.admin)


def step(step_id: str, question: Question | Parts, *cells: Cell, hints: tuple[str, ...] = ()) -> Step:
    return Step(f"Title of {step_id}", cells, Checkpoint(step_id, question, hints=hints))


def prose(cell_id: str, source: str) -> Cell:
    return Cell(cell_id, "markdown", source)


def code(cell_id: str, source: str, *, setup: bool = False, no_replay: bool = False) -> Cell:
    return Cell(cell_id, "code", source, setup=setup, no_replay=no_replay)


COLOURS = Choice(
    "Which one?",
    (
        Option("red", feedback="Red is warm."),
        Option("blue", correct=True),
        Option("green", feedback="Green is near."),
    ),
)
SEVEN = Number("How many?", 7)
TASK = Exercise("", starter="...", solution="x = 'right, says the author'")


SHOW_AFTER_TWO = Policies(attempts_before_show=2)


def small_course(policies: Policies = SHOW_AFTER_TWO) -> Course:
    first = Chapter(
        "one",
        "Chapter one",
        (
            step("start", Read("Ready?"), prose("p1", "Welcome ![map](img/map.png)"), code("c1", "a = 1")),
            step(
                "colour", COLOURS, prose("p2", "Colours ![wheel](img/wheel.png)"), hints=("Not red.", "Sky.")
            ),
            step(
                "task",
                TASK,
                code("c2", "import os", setup=True),
                code("c3", "input()", no_replay=True),
                code("c4", "b = 2"),
            ),
            step("count", SEVEN, code("c5", "c = 3")),
        ),
        closing=(prose("p9", "The end ![cup](img/cup.png)"), code("c9", "z = 9")),
    )
    second = Chapter("two", "Chapter two", (step("pair", Parts((COLOURS, SEVEN))), step("last", SEVEN)))
    return Course("small", "A small course", (first, second), policies=policies)


FILES = (
    CourseFile("img/map.png", b"map"),
    CourseFile("img/wheel.png", b"wheel"),
    CourseFile("img/cup.png", b"cup"),
    CourseFile("img/nowhere.png", b"nowhere"),
    CourseFile("data/t.csv", b"1,2", "code"),
    CourseFile("private/t.csv", b"3,4", "tests"),
)


@dataclass
class Desk:
    """Where a learner answers; each answer has a key of its own and comes a minute after the last."""

    platform: Platform
    actor: Actor
    clock: ManualClock
    keys: Iterator[int]

    def answer(self, step: str, answer: Answer, edition: int | None = None) -> AttemptResult:
        self.clock.advance(60)
        submission = Submission(answer, f"{self.actor.name}-{next(self.keys)}", edition)
        return submit_attempt(self.platform, self.actor, "small", step, submission)

    def option(self, step: str, text: str, part: int | None = None) -> str:
        """The opaque id of an option, found as a learner finds it: by what it says."""
        question = open_step(self.platform, self.actor, "small", step).checkpoint.question
        asked = question if part is None else question.parts[part]
        return next(option.id for option in asked.options if option.text.source == text)

    def reach(self, step: str) -> None:
        """Pass what comes before a step of the first chapter."""
        for before in ("start", "colour", "task", "count"):
            if before == step:
                return
            self.answer(before, self.right(before))

    def right(self, step: str) -> Answer:
        answers: dict[str, Callable[[], Answer]] = {
            "start": lambda: True,
            "colour": lambda: self.option("colour", "blue"),
            "task": lambda: "b = 'right'",
            "count": lambda: "7",
            "pair": lambda: [self.option("pair", "blue", 0), "7"],
            "last": lambda: "7",
        }
        return answers[step]()


def with_step(course: Course, new: Step, position: int) -> Course:
    first = course.chapters[0]
    steps = (*first.steps[:position], new, *first.steps[position:])
    return replace(course, chapters=(replace(first, steps=steps), *course.chapters[1:]))


def without_step(course: Course, gone: str) -> Course:
    first = course.chapters[0]
    steps = tuple(s for s in first.steps if s.id != gone)
    return replace(course, chapters=(replace(first, steps=steps), *course.chapters[1:]))


def states(platform: Platform, actor: Actor, chapter: str = "one") -> list[str]:
    return [line.state for line in read_progress(platform, actor, "small", chapter).outline]
