"""The platform's own words in a verdict, which are said in the course's language.

What an author wrote is a plain text and stays as it is. Validators are pure and know no language: they
mark their words, and whoever has the verdict translates them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self

from courses.models.verdict import Verdict

Translate = Callable[[str], str]


class Phrase(str):
    """A text in English that remembers how it was made, to be made again in another language."""

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, values: dict[str, Any]) -> Self:
        made = super().__new__(cls, template.format(**values) if values else template)
        made.template, made.values = template, values
        return made


def phrase(template: str, **values: Any) -> Phrase:
    """`template` has `{name}` for each of `values`; it is a message id of the catalogues."""
    return Phrase(template, values)


class Passage(str):
    """Several texts in a row, of which some are phrases."""

    parts: tuple[str, ...]

    def __new__(cls, parts: tuple[str, ...]) -> Self:
        made = super().__new__(cls, "".join(parts))
        made.parts = parts
        return made


def passage(*parts: str) -> Passage:
    return Passage(parts)


def in_language(verdict: Verdict, translate: Translate) -> Verdict:
    """`verdict` with its phrases translated."""
    return replace(
        verdict,
        feedback=tuple(said(text, translate) for text in verdict.feedback),
        tests=tuple(
            replace(test, label=said(test.label, translate), message=said(test.message, translate))
            for test in verdict.tests
        ),
        traceback=said(verdict.traceback, translate),
        parts=tuple(in_language(part, translate) for part in verdict.parts),
    )


def said(text: str, translate: Translate) -> str:
    """Translated where it is a phrase, or made of phrases; any other text as it is."""
    if isinstance(text, Passage):
        return "".join(said(part, translate) for part in text.parts)
    if not isinstance(text, Phrase):
        return text
    translated = translate(text.template)
    return translated.format(**text.values) if text.values else translated
