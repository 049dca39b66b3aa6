"""Answers as they are sent, and as they are judged and stored: opaque ids become positions and back."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from courses.errors import BadAnswer
from courses.models.checkpoint import Choice, Exercise, Many, Order, Parts, Question, Read
from courses.models.phrases import phrase
from courses.models.views import Answer
from courses.services.opaque import OpaqueIds
from courses.services.records import Given

MAX_CODE = 100_000
MAX_TEXT = 20_000
"""Bytes of UTF-8."""


def read_answer(question: Question | Parts, answer: Answer, ids: OpaqueIds) -> Given:
    """Check the answer's shape. Raises BadAnswer."""
    if not isinstance(question, Parts):
        return _read(question, answer, ids, 0)
    if not isinstance(answer, list) or len(answer) != len(question.questions):
        raise BadAnswer(f"Send a list of {len(question.questions)} answers, one for each part.")
    return tuple(
        _read(part, a, ids, i) for i, (part, a) in enumerate(zip(question.questions, answer, strict=True))
    )


def write_answer(question: Question | Parts, given: Given, ids: OpaqueIds) -> Answer:
    """The answer in the shape in which it was sent."""
    if not isinstance(question, Parts):
        answer: Answer = _write(question, given, ids, 0)
        return answer
    assert isinstance(given, tuple)
    return [
        _write(part, g, ids, i) for i, (part, g) in enumerate(zip(question.questions, given, strict=True))
    ]


def answer_digest(given: Given) -> str:
    """Equal for equal answers, and for no others."""
    return sha256(json.dumps(given).encode()).hexdigest()


def clean_text(text: Any, limit: int) -> str:
    """`text` when it is one, of `limit` bytes at most, that any program can read. Raises BadAnswer."""
    if not isinstance(text, str):
        raise BadAnswer("Send the answer as a text.")
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise BadAnswer(phrase("The text holds half a character (an unpaired surrogate).")) from None
    if size > limit:
        raise BadAnswer(phrase("The answer has {size} bytes. Send {limit} at most.", size=size, limit=limit))
    if "\x00" in text:
        raise BadAnswer(phrase("The text holds a NUL character."))
    return text


def _read(question: Question, answer: Any, ids: OpaqueIds, part: int) -> Given:
    match question:
        case Read():
            if answer is not True:
                raise BadAnswer("Send true to say that you have read it.")
            return True
        case Choice():
            return _positions([answer], ids.of(question, part), "Send the id of one option.")[0]
        case Many():
            return tuple(sorted(_positions(answer, ids.of(question, part), "Send a list of options' ids.")))
        case Order():
            return _positions(answer, ids.of(question, part), "Send a list of the lines' ids.")
        case Exercise():
            return clean_text(answer, MAX_CODE)
        case _:
            return clean_text(answer, MAX_TEXT)


def _positions(answer: Any, ids: Sequence[str], problem: str) -> tuple[int, ...]:
    if not isinstance(answer, list) or not all(isinstance(a, str) and a in ids for a in answer):
        raise BadAnswer(problem + " Ids are those of the question as you see it.")
    if len(set(answer)) < len(answer):
        raise BadAnswer("An id is there twice.")
    return tuple(ids.index(a) for a in answer)


def _write(question: Question, given: Given, ids: OpaqueIds, part: int) -> Any:
    match question:
        case Choice():
            assert isinstance(given, int)
            return ids.of(question, part)[given]
        case Many() | Order():
            assert isinstance(given, tuple)
            known = ids.of(question, part)
            return [known[position] for position in given if isinstance(position, int)]
        case _:
            return given
