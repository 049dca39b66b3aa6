"""Mistakes that an author foresees: each must be wrong, and must get its own message."""

from collections.abc import Callable
from dataclasses import replace

from courses.authoring.formulas import NumberFormula, TextFormula
from courses.authoring.spots import Spot
from courses.grading.validators import judge_number, judge_predict, judge_text
from courses.models.checkpoint import Number, Predict, Text
from courses.models.verdict import Verdict


def is_settled(question: Number | Text) -> bool:
    """Whether every answer is known before anything has run."""
    answers = question.answers if isinstance(question, Text) else ()
    if isinstance(question, Number) and isinstance(question.answer, NumberFormula):
        return False
    texts = (*answers, *(mistake.answer for mistake in question.mistakes))
    return not any(isinstance(text, TextFormula) for text in texts)


def check_mistakes(question: Number | Text | Predict, spot_of: Callable[[int], Spot]) -> None:
    """Judge each mistake as a learner's answer. `spot_of` says where the one at a position stands."""
    for position, mistake in enumerate(question.mistakes):
        earlier = question.mistakes[:position]
        if not mistake.answer:
            continue  # reported as missing
        if _judge(replace(question, mistakes=()), mistake.answer).passed:
            spot_of(position).error(f"“{mistake.answer}” is a right answer.", "Change or delete the mistake.")
        elif _is_met(replace(question, mistakes=earlier), mistake.answer):
            fix = "Delete one of them, or put the special one first."
            spot_of(position).error(f"“{mistake.answer}” is covered by a mistake above it.", fix)
        elif not _is_met(replace(question, mistakes=(mistake,)), mistake.answer):
            verdict = _judge(replace(question, mistakes=()), mistake.answer)
            told = " ".join(verdict.feedback)
            spot_of(position).error(f"“{mistake.answer}” is not understood: {told}", "Change the answer.")


_MARK = "\0"
"""Stands for a mistake's message: no verdict says it by itself."""


def _is_met(question: Number | Text | Predict, answer: str) -> bool:
    marked = tuple(replace(mistake, feedback=_MARK) for mistake in question.mistakes)
    return _MARK in _judge(replace(question, mistakes=marked), answer).feedback


def _judge(question: Number | Text | Predict, answer: str) -> Verdict:
    if isinstance(question, Number):
        return judge_number(question, answer)
    return judge_text(question, answer) if isinstance(question, Text) else judge_predict(question, answer)
