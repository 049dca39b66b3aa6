"""A course's fingerprint: the same sources give the same one, so publishing twice makes one edition."""

import hashlib
import json
from dataclasses import fields, is_dataclass

from courses.authoring.formulas import NumberFormula
from courses.models.course import Course, CourseFile

_FROM_RUNS = frozenset({"outputs"})
"""Figures and timings differ from run to run without the course having changed."""


def course_digest(course: Course, files: tuple[CourseFile, ...]) -> str:
    """SHA-256, as hexadecimal text, of everything the author wrote and of every file."""
    summary = [
        _plain(course),
        [[file.path, file.access, hashlib.sha256(file.content).hexdigest()] for file in _sorted(files)],
    ]
    text = json.dumps(summary, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _sorted(files: tuple[CourseFile, ...]) -> list[CourseFile]:
    return sorted(files, key=lambda file: file.path)


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.name not in _FROM_RUNS}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return f"= {value.expression}" if isinstance(value, NumberFormula) else value
