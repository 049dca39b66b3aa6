import pytest

from courses.errors import BadAnswer
from courses.grading import validators
from courses.models.checkpoint import Choice, Many, Mistake, Number, Option, Order, Predict, Read, Text, Write

COLOURS = (Option("red", True), Option("blue", True, "Yes."), Option("loud"), Option("wet", False, "Wet?"))


def said(verdict):
    return " ".join(verdict.feedback)


def test_read_passes():
    """A text to read has no wrong answer."""
    assert validators.judge_read(Read()).passed


def test_choice_feedback():
    """The feedback to a choice is the chosen option's own, right or wrong."""
    question = Choice("?", (Option("a", False, "Why a?"), Option("b", True, "Indeed."), Option("c")))
    assert validators.judge_choice(question, 0).feedback == ("Why a?",)
    right = validators.judge_choice(question, 1)
    assert right.passed and right.feedback == ("Indeed.",)
    silent = validators.judge_choice(question, 2)
    assert not silent.passed and said(silent)


@pytest.mark.parametrize("chosen", [-1, 3])
def test_choice_out_of_range(chosen):
    """An option that does not exist is an answer of the wrong shape."""
    with pytest.raises(BadAnswer):
        validators.judge_choice(Choice("?", (Option("a", True), Option("b"), Option("c"))), chosen)


@pytest.mark.parametrize(
    ("chosen", "words", "score"),
    [
        ({0}, "something is missing", 0.5),
        ({0, 2}, "One of your choices", 0.0),
        ({0, 1, 2}, "One of your choices", 0.5),
        ({2}, "does not belong", 0.0),
        ({0, 1, 3}, "Wet?", 0.5),
        (set(), "missing", 0.0),
    ],
)
def test_many_partial(chosen, words, score):
    """Anything but the exact set fails, says what kind of thing is wrong, and scores in part."""
    verdict = validators.judge_many(Many("?", COLOURS), frozenset(chosen))
    assert not verdict.passed
    assert words in said(verdict)
    assert verdict.score == score


def test_many_exact():
    """The exact set passes with the feedback of what was chosen."""
    verdict = validators.judge_many(Many("?", COLOURS), frozenset({0, 1}))
    assert verdict.passed and verdict.feedback == ("Yes.",)


def test_many_none_correct():
    """Where nothing is correct, choosing nothing is right."""
    question = Many("?", (Option("a"), Option("b")))
    assert validators.judge_many(question, frozenset()).passed
    assert not validators.judge_many(question, frozenset({1})).passed


@pytest.mark.parametrize(
    "typed", ["1.5", "1,5", " 1.50 ", "3/2", "150%", "1.5e0", "+1.5", "15e-1", "1 . 5", "1.5000000000001"]
)
def test_number_as_people_write_it(typed):
    """A number may be written with a comma, as a fraction, in per cent or with an exponent."""
    assert validators.judge_number(Number("?", 1.5), typed).passed


@pytest.mark.parametrize(
    ("typed", "answer"), [("1,500", 1500), ("1,500", 1.5), ("−3", -3), ("50 %", 50), ("1 000", 1000)]
)
def test_number_ambiguous(typed, answer):
    """What may mean two numbers is right when one of them is."""
    assert validators.judge_number(Number("?", answer), typed).passed


@pytest.mark.parametrize("typed", ["", "five", "5 apples", "nan", "1/0", "1,2,3", "1e", "0x10", "9" * 500])
def test_not_a_number(typed):
    """What is no number is a wrong answer that says so, never an error."""
    verdict = validators.judge_number(Number("?", 5), typed)
    assert not verdict.passed
    assert "number" in said(verdict)


@pytest.mark.parametrize(
    ("typed", "words"), [("-12.5", "sign"), ("1250", "hundred"), ("12.51", "close"), ("7", "not it")]
)
def test_number_hints(typed, words):
    """A near miss is told what kind of miss it is, without the answer."""
    verdict = validators.judge_number(Number("?", 12.5), typed)
    assert not verdict.passed
    assert words in said(verdict) and "12.5" not in said(verdict)


def test_number_tolerance_and_mistakes():
    """The tolerance is absolute; a foreseen wrong number gets the author's words."""
    question = Number("?", 10, 0.5, "Hm.", (Mistake("20", "Twice as much."),))
    assert validators.judge_number(question, "10.5").passed
    assert validators.judge_number(question, "20.0").feedback == ("Twice as much.",)
    assert validators.judge_number(question, "10.6").feedback == ("Hm.",)


def test_text_answers():
    """Case, spaces and typographic quotes do not count unless the author says so."""
    question = Text("?", ("it's a list",))
    assert validators.judge_text(question, "  It’s  a list ").passed
    strict = Text("?", ("List",), ignore_case=False)
    assert "capital" in said(validators.judge_text(strict, "list"))
    assert validators.judge_text(strict, "List").passed


@pytest.mark.parametrize(
    ("typed", "words"),
    [("accumulatr", "spelling"), ("accumu-lator", "punctuation"), ("x", "not it"), (" ", "first")],
)
def test_text_hints(typed, words):
    """A near miss is told so, without the answer."""
    verdict = validators.judge_text(Text("?", ("accumulator",)), typed)
    assert words in said(verdict) and "accumulator" not in said(verdict)


def test_text_pattern():
    """The pattern must match the whole text."""
    question = Text("?", (), pattern=r"for \w+ in \w+:")
    assert validators.judge_text(question, "for x in xs:").passed
    assert not validators.judge_text(question, "for x in xs: pass").passed


def test_text_slow_pattern():
    """A pattern that would run for ever is stopped, and the attempt does not count."""
    verdict = validators.judge_text(Text("?", (), pattern=r"(a|a)*b|(a+)+c"), "a" * 60)
    assert verdict.outcome == "unavailable"


def test_order():
    """A wrong order is told how many lines at the start are in place."""
    question = Order("?", ("a", "b", "c", "b"))
    assert validators.judge_order(question, (0, 1, 2, 3)).passed
    assert validators.judge_order(question, (0, 3, 2, 1)).passed, "equal lines may trade places"
    assert "first 2 lines" in said(validators.judge_order(question, (0, 1, 3, 2)))
    assert "first line is not" in said(validators.judge_order(question, (1, 0, 2, 3)))


@pytest.mark.parametrize("order", [(0, 1), (0, 0, 1), (0, 1, 3)])
def test_order_shape(order):
    """Each line is sent exactly once."""
    with pytest.raises(BadAnswer):
        validators.judge_order(Order("?", ("a", "b", "c")), order)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1\n2\nCat", "capital"),
        ("1\n2\n'cat'", "quotes"),
        ("12\ncat", "spaces"),
        ("1\n3\ncat", "Line 2"),
        ("0\n2\ncat", "first line"),
        ("1\n2", "more is printed"),
        ("1\n2\ncat\n4", "less is printed"),
        ("", "prints"),
    ],
)
def test_predict_differences(typed, words):
    """A wrong prediction is told where and in what way it first differs."""
    assert words in said(validators.judge_predict(Predict("?", "", "1\n2\ncat\n"), typed))


def test_predict_right_and_foreseen():
    """Invisible spaces do not count; a foreseen prediction gets the author's words."""
    question = Predict("?", "", "a b\n", mistakes=(Mistake("ab", "The comma prints a space."),))
    assert validators.judge_predict(question, "a b  \r\n\n").passed
    assert validators.judge_predict(question, "ab").feedback == ("The comma prints a space.",)


def test_write():
    """Any text passes; none does not."""
    assert validators.judge_write(Write("?"), "because").passed
    assert not validators.judge_write(Write("?"), " \n").passed
