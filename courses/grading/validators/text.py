"""A short text: one of several answers, or anything that matches a pattern."""

import unicodedata
from difflib import SequenceMatcher

import regex

from courses.grading.validators.feedback import wrong_answer
from courses.models.checkpoint import Text
from courses.models.phrases import phrase
from courses.models.verdict import Verdict

_PATTERN_SECONDS = 0.25
_CLOSE = 0.8
_QUOTES = str.maketrans("‘’‚“”„", "'''\"\"\"")


def judge_text(question: Text, typed: str) -> Verdict:
    """Surrounding and repeated spaces never count, nor does a phone's way with quotes.

    An author's pattern that takes too long is the server's failing: the outcome is `unavailable`.
    """
    text = _tidy(typed)
    if not text:
        return Verdict.wrong(phrase("Type an answer first."))
    if _fold(text, question) in {_fold(_tidy(answer), question) for answer in question.answers}:
        return Verdict.right()
    try:
        if question.pattern and _matches(question, text):
            return Verdict.right()
    except (TimeoutError, regex.error):
        return Verdict(
            False, 0.0, "unavailable", (phrase("Your answer could not be checked. It does not count."),)
        )
    for mistake in question.mistakes:
        if _fold(_tidy(mistake.answer), question) == _fold(text, question):
            return Verdict.wrong(mistake.feedback)
    observed = "" if question.feedback else _observe(text, question.answers)
    return wrong_answer(
        question.feedback, observed, otherwise=phrase("That is not it. Read the step once more.")
    )


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).translate(_QUOTES).split())


def _fold(text: str, question: Text) -> str:
    return text.casefold() if question.ignore_case else text


def _matches(question: Text, text: str) -> bool:
    flags = regex.IGNORECASE if question.ignore_case else 0
    return regex.fullmatch(question.pattern, text, flags=flags, timeout=_PATTERN_SECONDS) is not None


def _observe(text: str, answers: tuple[str, ...]) -> str:
    wanted = [_tidy(answer) for answer in answers]
    if text.casefold() in {answer.casefold() for answer in wanted}:
        return phrase("Nearly: look at capital and small letters.")
    if _letters(text) in {_letters(answer) for answer in wanted if _letters(answer)}:
        return phrase("Nearly: look at spaces and punctuation.")
    if any(SequenceMatcher(None, text.casefold(), a.casefold()).ratio() >= _CLOSE for a in wanted):
        return phrase("Very close. Look at the spelling.")
    return ""


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
