"""A verdict's own words are said in the course's language; what authors wrote stays as it is."""

from collections.abc import Callable
from dataclasses import replace

from small_world import Desk, small_course

from courses.services.platform import Platform
from courses.services.publish_edition import publish_edition

GERMAN = {
    "That is not it. Go through it once more.": "Das ist es nicht. Geh es noch einmal durch.",
    "That is not a number. Use digits: for example `12.5`.": "Das ist keine Zahl.",
    "Red is warm.": "Rot ist warm.",
}


def translator(language: str) -> Callable[[str], str]:
    return (lambda text: GERMAN.get(text, text)) if language == "de" else lambda text: text


def said(desk: Desk, step: str, answer: str) -> list[str]:
    verdict = desk.answer(step, answer).attempt.verdict
    return [text.source for text in verdict.feedback]


def test_general_feedback_is_said_in_the_courses_language(platform: Platform, desk: Desk) -> None:
    """Also where an attempt is seen again; a course in English says it in English."""
    desk.platform = replace(platform, translator=translator)
    desk.reach("count")
    assert said(desk, "count", "70.5") == ["That is not it. Go through it once more."]
    publish_edition(platform, replace(small_course(), language="de"), (), "test")
    assert said(desk, "count", "71.5") == ["Das ist es nicht. Geh es noch einmal durch."]
    assert said(desk, "count", "many") == ["Das ist keine Zahl."]


def test_what_an_author_wrote_is_not_translated(platform: Platform, desk: Desk) -> None:
    """Not even where it reads like one of the platform's texts."""
    desk.platform = replace(platform, translator=translator)
    publish_edition(platform, replace(small_course(), language="de"), (), "test")
    desk.reach("colour")
    red = desk.option("colour", "red")
    assert said(desk, "colour", red) == ["Red is warm."]
