"""A number within a tolerance."""

import math

from courses.grading.validators.feedback import wrong_answer
from courses.grading.validators.numerals import readings
from courses.models.checkpoint import Number
from courses.models.phrases import phrase
from courses.models.verdict import Verdict

_ROUNDING = 1e-9
"""Relative: 0.3 is right where Python's 0.1 + 0.2 was asked for."""


def judge_number(question: Number, typed: str) -> Verdict:
    """`typed` is as the learner wrote it: `1,5`, `1e3`, `1/2` and `50%` are numbers too."""
    values = readings(typed)
    if not values:
        return Verdict.wrong(_not_a_number(typed))
    if any(_equal(value, question.answer, question.tolerance) for value in values):
        return Verdict.right()
    for mistake in question.mistakes:
        foreseen = readings(mistake.answer)
        if any(_equal(v, f, question.tolerance) for v in values for f in foreseen):
            return Verdict.wrong(mistake.feedback)
    observed = "" if question.feedback else _observe(values[0], question.answer)
    return wrong_answer(
        question.feedback, observed, otherwise=phrase("That is not it. Go through it once more.")
    )


def _equal(value: float, wanted: float, tolerance: float) -> bool:
    return abs(value - wanted) <= tolerance or math.isclose(value, wanted, rel_tol=_ROUNDING)


def _not_a_number(typed: str) -> str:
    if not typed.strip():
        return phrase("Type a number first.")
    if any(character.isdigit() for character in typed):
        return phrase(
            "That is not a number. Type it alone, without a unit or other words: for example `12.5`."
        )
    return phrase("That is not a number. Use digits: for example `12.5`.")


def _observe(value: float, wanted: float) -> str:
    """Near misses that are worth a word; never by how much."""
    if math.isclose(value, -wanted, rel_tol=_ROUNDING):
        return phrase("Look at the sign.")
    if any(math.isclose(value, wanted * factor, rel_tol=_ROUNDING) for factor in (100, 0.01)):
        return phrase("Is it a percentage or a fraction? You are off by a factor of a hundred.")
    if math.isclose(value, wanted, rel_tol=0.01):
        return phrase("Very close. Did you round too early, or to too few digits?")
    return ""
