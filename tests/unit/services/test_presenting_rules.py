"""Opaque ids, answers, pauses, named files and solutions in words: the pure rules behind the views."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.errors import BadAnswer
from courses.models.checkpoint import (
    Choice,
    Many,
    Number,
    Option,
    Order,
    Parts,
    Predict,
    Question,
    Read,
)
from courses.models.course import Policies
from courses.models.guessing import Try, can_be_guessed, pause_end
from courses.models.views import Answer
from courses.services.answers import answer_digest, read_answer, write_answer
from courses.services.opaque import OpaqueIds
from courses.services.references import named_files
from courses.services.solutions import fenced, may_see_solution, solution_text

START = datetime(2026, 1, 5, tzinfo=UTC)
IDS = OpaqueIds(b"secret", 1, "step")
CHOICE = Choice("?", (Option("a"), Option("b", correct=True), Option("a")))
lines = st.lists(st.text(max_size=3), min_size=2, max_size=6)


def tries(*seconds: float) -> list[Try]:
    return [Try(START + timedelta(seconds=s), passed=False) for s in seconds]


@given(lines)
def test_ids_are_distinct_even_for_equal_texts(texts: list[str]) -> None:
    """Every option has an id of its own, and every learner and step other ids."""
    question = Many("?", tuple(Option(text) for text in texts))
    ids = IDS.of(question)
    assert len(set(ids)) == len(texts)
    for other in (
        OpaqueIds(b"secret", 2, "step"),
        OpaqueIds(b"secret", 1, "other"),
        OpaqueIds(b"x", 1, "step"),
    ):
        assert not set(ids) & set(other.of(question))


@given(lines)
def test_order_never_starts_solved(texts: list[str]) -> None:
    """Unless all its lines read the same, an `order` question is presented out of order, and whole."""
    question = Order("?", tuple(texts))
    presented = IDS.presented(question)
    assert sorted(presented) == list(range(len(texts)))
    if len(set(texts)) > 1:
        assert [texts[i] for i in presented] != texts


def test_shuffle_false_keeps_the_author_s_order() -> None:
    """An author who wants a fixed order gets it."""
    assert IDS.presented(Choice("?", CHOICE.options, shuffle=False)) == (0, 1, 2)


def test_ids_stay_when_options_move() -> None:
    """An edition that moves options leaves their ids as they were."""
    moved = Choice("?", CHOICE.options[1:])
    assert IDS.of(moved)[0] == IDS.of(CHOICE)[1]


@given(st.permutations(range(4)), st.sets(st.integers(0, 2)), st.integers(0, 2), st.text(max_size=20))
def test_answers_come_back_as_sent(order: list[int], many: set[int], one: int, typed: str) -> None:
    """An answer that was read can be shown again in the shape in which it was sent."""
    cells = Order("?", ("w", "x", "y", "z"))
    questions: tuple[Question, ...] = (CHOICE, Many("?", CHOICE.options), cells, Number("?", 1), Read())
    sent: list[bool | str | list[str]] = [
        IDS.of(CHOICE, 0)[one],
        [IDS.of(Many("?", CHOICE.options), 1)[i] for i in sorted(many)],
        [IDS.of(cells, 2)[i] for i in order],
        typed.replace("\x00", ""),
        True,
    ]
    parts = Parts(questions)
    assert write_answer(parts, read_answer(parts, sent, IDS), IDS) == sent


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (Many("?", CHOICE.options), IDS.of(CHOICE)[0]),
        (Many("?", CHOICE.options), [IDS.of(CHOICE)[0]] * 2),
        (Parts((CHOICE,)), IDS.of(CHOICE)[0]),
        (Parts((CHOICE,)), []),
        (Read(), False),
    ],
)
def test_wrong_shape_is_refused(question: Question | Parts, answer: Answer) -> None:
    """An answer must have its question's shape."""
    with pytest.raises(BadAnswer):
        read_answer(question, answer, IDS)


def test_order_of_choices_makes_no_difference() -> None:
    """The same options chosen in another order are the same answer."""
    question = Many("?", CHOICE.options)
    first, second, _ = IDS.of(question)
    digests = {answer_digest(read_answer(question, [*a], IDS)) for a in ([first, second], [second, first])}
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("seconds", "end"),
    [
        ((), None),
        ((0,), None),
        ((0, 11), None),
        ((0, 10), 15),
        ((0, 1, 7), 17),
        ((0, 1, 7, 20, 41, 82), 142),
        ((0, 1, 7, 20, 41, 82, 142), 202),
        ((0, 1, 17), None),
    ],
)
def test_pause_grows_and_ends(seconds: tuple[float, ...], end: float | None) -> None:
    """5, 10, 20, 40, 60, 60 … seconds from the second quick failure on; a slower one starts afresh."""
    wanted = None if end is None else START + timedelta(seconds=end)
    assert pause_end(tries(*seconds)) == wanted


def test_pass_ends_a_row_of_failures() -> None:
    """After a pass the count starts again."""
    row = [*tries(0, 1), Try(START + timedelta(seconds=7), passed=True), *tries(8)]
    assert pause_end(row) is None


def test_what_can_be_guessed() -> None:
    """Options can be clicked through; what is typed cannot, nor parts that ask for it."""
    assert can_be_guessed(CHOICE)
    assert can_be_guessed(Parts((CHOICE, Read())))
    assert not can_be_guessed(Number("?", 1))
    assert not can_be_guessed(Parts((CHOICE, Number("?", 1))))


@pytest.mark.parametrize(
    ("markdown", "names"),
    [
        ("![a](img/a.png)", {"img/a.png"}),
        ('![a](./img/a%20b.png "title") and [data](data/x.csv?x#y)', {"img/a b.png", "data/x.csv"}),
        ("![a](<img/a b.png>)", {"img/a b.png"}),
        ("![a][ref]\n\n[ref]: img/r.png", {"img/r.png"}),
        ("<img alt='x' src='img/q.png'> <IMG SRC=\"img/d.png\">", {"img/q.png", "img/d.png"}),
        ("![a](https://example.org/a.png) ![b](//host/b.png) [c](#here) [d](mailto:x@y) img/a.png", set()),
        ("![a](http://[bad/a.png)", set()),
    ],
)
def test_named_files(markdown: str, names: set[str]) -> None:
    """A text names the files that its images and links point to, as paths in the course's folder."""
    assert named_files(markdown) == names


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (CHOICE, "b"),
        (Many("?", (Option("a", correct=True), Option("b"), Option("c", correct=True))), "- a\n- c"),
        (Number("?", 16.0), "16"),
        (Number("?", 0.1, tolerance=0.5), "0.1 (± 0.5)"),
        (Order("?", ("a", "b")), "1. a\n2. b"),
        (Order("?", ("a:", "    b"), code=True), "```\na:\n    b\n```"),
        (Predict("?", "print('```')", "```"), "````\n```\n````"),
        (Parts((Number("?", 1), Predict("?", "print(2)", "2"), Read())), "1. 1\n2. ```\n   2\n   ```\n3. –"),
        (Read(), ""),
    ],
)
def test_solution_in_words(question: Question | Parts, words: str) -> None:
    """The right answer reads as a person would write it."""
    assert solution_text(question) == words


@given(st.text("`a\n", max_size=12))
def test_fence_holds_any_text(text: str) -> None:
    """No text ends the code block that it stands in."""
    fence, *body, end = fenced(text).split("\n")
    assert fence == end
    assert fence not in text
    assert "\n".join(body) == text


def test_who_may_see_a_solution() -> None:
    """What was shown stays shown; a pass reveals as the course allows; before there is nothing to see."""
    for policies, passed in ((Policies(), True), (Policies(solution="never"), False)):
        assert may_see_solution(policies, "shown")
        assert may_see_solution(policies, "passed") == passed
        assert not may_see_solution(policies, None)
