"""What crosses the trust line, searched for marks that must stay behind it."""

import json
from dataclasses import asdict
from itertools import count

import pytest
from small_world import Desk, ManualClock, code, make_learner, prose

from courses.models import checkpoint as c
from courses.models.course import Chapter, Course, CourseFile, Step
from courses.services.list_courses import open_course
from courses.services.open_chapter import open_chapter
from courses.services.open_step import open_step
from courses.services.platform import Platform
from courses.services.publish_edition import publish_edition
from courses.services.replay_plan import replay_plan
from courses.services.show_solution import show_solution
from courses.services.take_hint import take_hint

MARK = "SECRET"


def secret(what: str) -> str:
    return f"{MARK}-{what}"


def mistakes() -> tuple[c.Mistake, ...]:
    return (c.Mistake(secret("mistake"), secret("mistake-feedback")),)


OPTIONS = (
    c.Option("first", feedback="said of the first"),
    c.Option("second", correct=True, feedback=secret("feedback-of-second")),
    c.Option("third", feedback=secret("feedback-of-third")),
)
QUESTIONS: dict[str, c.Question | c.Parts] = {
    "read": c.Read("Read it"),
    "choice": c.Choice("Choose", OPTIONS),
    "many": c.Many("Choose all", OPTIONS),
    "number": c.Number("Count", 424242.125, feedback="general", mistakes=mistakes()),
    "text": c.Text(
        "Type", (secret("text"),), pattern=secret("pattern"), feedback="general", mistakes=mistakes()
    ),
    "order": c.Order("Sort", ("one", "two", "three"), feedback="general"),
    "predict": c.Predict("What is printed?", "print(x)", secret("printed"), mistakes=mistakes()),
    "write": c.Write("Explain", model=secret("model"), rubric=secret("rubric")),
    "exercise": c.Exercise(
        "",
        starter="...",
        solution=secret("solution"),
        tests=secret("tests"),
        hidden_tests=secret("hidden"),
        mistakes=(c.CodeMistake(secret("code-mistake"), secret("code-feedback")),),
        alternatives=(secret("alternative"),),
    ),
    "parts": c.Parts((c.Choice("Choose", OPTIONS), c.Text("Type", (secret("part"),)))),
}


def secret_course(kind: str) -> Course:
    """The question under test, and after it a locked step of which everything but the title is marked."""
    asked = c.Checkpoint(
        "asked", QUESTIONS[kind], hints=("first hint", secret("hint")), explanation=secret("explanation")
    )
    locked = c.Checkpoint("locked", c.Choice(secret("ask"), (c.Option(secret("option"), correct=True),)))
    steps = (
        Step("Asked", (prose("p", "prose"), code("c", "open_code")), asked),
        Step("Locked", (prose(secret("cell"), secret("prose")), code("x", secret("code"))), locked),
    )
    closing = (prose("end", secret("closing")), code("endcode", secret("closing-code")))
    return Course("small", "Secrets", (Chapter("one", "One", steps, closing),))


WRONG = {
    "number": "1",
    "text": "no",
    "predict": "no",
    "exercise": "wrong",
}


@pytest.fixture
def desk(platform: Platform, clock: ManualClock) -> Desk:
    return Desk(platform, make_learner(platform, "eve"), clock, count())


def everything(desk: Desk) -> str:
    """All that a learner can fetch about the course, as text."""
    platform, actor = desk.platform, desk.actor
    views = [
        open_course(platform, actor, "small"),
        open_chapter(platform, actor, "small", "one"),
        open_step(platform, actor, "small", "asked"),
        replay_plan(platform, actor, "small", "one"),
    ]
    return json.dumps([asdict(view) for view in views], default=repr)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_unlocked_step_keeps_its_secrets(desk: Desk, kind: str) -> None:
    """Before an answer, and after wrong ones, no answer, unearned feedback, test or locked text is out."""
    private = CourseFile("private/t.csv", secret("file").encode(), "tests")
    publish_edition(desk.platform, secret_course(kind), (private,), "test")
    assert MARK not in everything(desk)
    take_hint(desk.platform, desk.actor, "small", "asked")
    if kind in WRONG:
        result = desk.answer("asked", WRONG[kind])
    elif kind in ("choice", "many", "parts"):
        first = desk.option("asked", "first", 0 if kind == "parts" else None)
        result = desk.answer("asked", {"choice": first, "many": [first], "parts": [first, "no"]}[kind])
    elif kind == "order":
        lines = [desk.option("asked", text) for text in ("three", "one", "two")]
        result = desk.answer("asked", lines)
    else:
        return
    assert not result.attempt.passed
    assert MARK not in everything(desk) + json.dumps(asdict(result))
    assert "424242" not in everything(desk) + json.dumps(asdict(result))


def test_shown_solution_unlocks_only_the_next_step(desk: Desk) -> None:
    """ "Show me" gives the solution and the next step, and keeps tests and foreseen mistakes."""
    publish_edition(desk.platform, secret_course("exercise"), (), "test")
    for i in range(5):
        desk.answer("asked", f"wrong {i}")
    shown = show_solution(desk.platform, desk.actor, "small", "asked")
    text = json.dumps(asdict(shown)) + everything(desk)
    for open_now in ("solution", "explanation", "prose", "code"):
        assert secret(open_now) in text
    for kept in ("tests", "hidden", "code-mistake", "code-feedback", "alternative", "closing", "hint"):
        assert secret(kept) not in text


def test_option_ids_tell_nothing(desk: Desk, platform: Platform) -> None:
    """Ids differ from learner to learner, and lines to order never come in their order."""
    publish_edition(platform, secret_course("order"), (), "test")
    ids, orders = set(), set()
    for i in range(12):
        other = make_learner(platform, f"learner{i}")
        options = open_step(platform, other, "small", "asked").checkpoint.question.options
        ids |= {option.id for option in options}
        orders.add(tuple(option.text.source for option in options))
    assert len(ids) == 36
    assert len(orders) > 1
    assert ("one", "two", "three") not in orders
