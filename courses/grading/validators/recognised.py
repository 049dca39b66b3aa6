"""The words of a grading as phrases: whoever runs it knows no language and says them in English."""

import re

from courses.grading.inside.sentences import IN_CODE, IN_FUNCTION, SENTENCES
from courses.models.phrases import passage, phrase

_LONGEST = 1000
"""Of a text that is looked at. What a run tells may be much longer, and made up."""


def _pattern(template: str) -> re.Pattern[str]:
    places = re.sub(
        r"\\\{(\w+)\\\}", lambda place: f"(?P<{place[1]}>{_value(place[1])})", re.escape(template)
    )
    return re.compile(places, re.DOTALL)


def _value(name: str) -> str:
    return r"\d+" if name == "line" else ".+?"


_KNOWN = [(_pattern(template), template) for template in SENTENCES]
_PLACES = [(_pattern(template), template) for template in (IN_FUNCTION, IN_CODE)]


def recognised(text: str) -> str:
    """A phrase where the text is one of a grading's own sentences; an author's stays as it is."""
    return _as_phrase(text, _KNOWN)


def recognised_places(traceback: str) -> str:
    """A traceback with the lines that say where as phrases."""
    return passage(*(_as_phrase(piece, _PLACES) for piece in re.split(r"(\n)", traceback)))


def _as_phrase(text: str, known: list[tuple[re.Pattern[str], str]]) -> str:
    if len(text) > _LONGEST:
        return text
    fitting = ((pattern.fullmatch(text), template) for pattern, template in known)
    return next((phrase(template, **found.groupdict()) for found, template in fitting if found), text)
