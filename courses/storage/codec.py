"""Records to JSON text and back.

The text is pure ASCII: PostgreSQL refuses NUL and neither database takes half a surrogate pair, and
both turn up in what programs print.
"""

import json
from typing import Any

from pydantic import TypeAdapter

from courses.models.course import Course
from courses.models.verdict import Verdict
from courses.services.records import Given

_courses = TypeAdapter(Course)
_verdicts = TypeAdapter(Verdict)


def dump_course(course: Course) -> str:
    return json.dumps(_courses.dump_python(course, mode="json"))


def load_course(text: str) -> Course:
    return _courses.validate_python(json.loads(text))


def dump_verdict(verdict: Verdict) -> str:
    return json.dumps(_verdicts.dump_python(verdict, mode="json"))


def load_verdict(text: str) -> Verdict:
    return _verdicts.validate_python(json.loads(text))


def dump_given(given: Given) -> str:
    return json.dumps(given)


def load_given(text: str) -> Given:
    return _frozen(json.loads(text))


def _frozen(value: Any) -> Given:
    if isinstance(value, list):
        return tuple(_frozen(v) for v in value)
    assert isinstance(value, bool | int | str)
    return value
