"""`course.yml`: what a course is called, its chapters in order, and what it allows."""

import re
from dataclasses import dataclass

from courses.authoring.field_reader import FieldReader
from courses.authoring.fields import parse_fields
from courses.authoring.spots import Spot
from courses.models.course import Policies

FILE = "course.yml"
FORMAT = "1"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_PACKAGE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
"""https://packaging.python.org/en/latest/specifications/name-normalization/"""
_SOLUTION = ("after-pass", "never")
_PROVE = ("off",)
"""The format has `next` and `any` too; testing out of steps is no policy that the platform carries out."""


@dataclass(frozen=True, slots=True)
class CourseFields:
    """`chapters` are file names without their ending."""

    title: str
    summary: str
    language: str
    chapters: tuple[str, ...]
    packages: tuple[str, ...]
    policies: Policies


def read_course_fields(content: bytes, spot: Spot) -> CourseFields:
    """Read the file's content; what is wrong is reported at `spot`."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        spot.error("The file is not UTF-8 text.", "Save it as UTF-8.")
        text = ""
    fields = FieldReader(parse_fields(text.removeprefix("\ufeff").replace("\r\n", "\n"), spot), spot)
    version = fields.text("format", required=True)
    if version and version != FORMAT:
        fields.spot_of("format").error(f"Format {version} is not understood.", "Write `format: 1`.")
    language = fields.text("language") or "en"
    if not _LANGUAGE.fullmatch(language):
        fields.spot_of("language").error(f"“{language}” is no language tag.", "Write `en` or `de`, say.")
    course = CourseFields(
        title=fields.text("title", required=True),
        summary=fields.text("summary"),
        language=language,
        chapters=_read_chapters(fields),
        packages=fields.names("packages", _PACKAGE, "Write a package's name alone, without a version."),
        policies=_read_policies(fields.block("policies")),
    )
    fields.finish()
    return course


def _read_chapters(fields: FieldReader) -> tuple[str, ...]:
    chapters: list[str] = []
    for name in (name.removesuffix(".ipynb") for name in fields.names("chapters")):
        if name in chapters:
            fields.spot_of("chapters").error(f"“{name}” is listed twice.", "Keep one of them.")
        else:
            chapters.append(name)
    if not chapters:
        fields.spot_of("chapters").error("The course has no chapters.", "List them as `- name`.")
    return tuple(chapters)


def _read_policies(fields: FieldReader) -> Policies:
    known = Policies()
    attempts = fields.integer("attempts-before-show", known.attempts_before_show)
    solution = fields.one_of("solution", _SOLUTION, known.solution)
    fields.one_of("prove", _PROVE, "off")
    fields.finish()
    return Policies(
        attempts,
        next((word for word in ("after-pass", "never") if word == solution), known.solution),
    )
