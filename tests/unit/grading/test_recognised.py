"""What a grading says in English is said in the course's language, and nothing else is."""

import re

import pytest

from courses.grading.inside.sentences import SENTENCES
from courses.grading.validators import judge_exercise
from courses.grading.validators.recognised import recognised
from courses.models.checkpoint import Exercise
from courses.models.phrases import Phrase, in_language
from courses.models.verdict import TestResult
from courses.services.ports import GradingReport

TASK = Exercise("?", "", "")
VALUES = {
    "line": "12",
    "name": "ValueError",
    "test": "f('a is `b`', [1])",
    "got": "'x, but\ny'",
    "wanted": "[1, 2]",
    "kind": "Box",
    "expected": "math",
}


@pytest.mark.parametrize("template", SENTENCES)
def test_every_sentence_is_found_again(template: str) -> None:
    """As the phrase that it was made from, with its values."""
    said = template.format(**VALUES)
    found = recognised(said)
    assert isinstance(found, Phrase)
    assert (found.template, str(found)) == (template, said)
    assert found.values == {name: VALUES[name] for name in re.findall(r"\{(\w+)\}", template)}


@pytest.mark.parametrize(
    "text", ["The mean of 1 and 2 is 1.5.", "", "ValueError: no", "`f(1)` gave", "x" * 5000]
)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    """An author's message, Python's own, and what is far too long."""
    assert not isinstance(recognised(text), Phrase)
    assert recognised(text) == text


def test_a_verdict_is_translated_with_its_tests_and_its_traceback() -> None:
    """Lines of code and Python's message stay, also where they read like ours."""
    german = {
        "your code, line {line}": "dein Code, Zeile {line}",
        "your code, line {line}, in {name}": "dein Code, Zeile {line}, in {name}",
        "{name} in line {line} of your code.": "{name} in Zeile {line} deines Codes.",
    }
    report = GradingReport(
        "error",
        (TestResult("by the author", False, "KeyError in line 2 of your code.", hidden=True),),
        traceback=(
            "your code, line 4\n    f()\nyour code, line 2, in f\n    print('your code, line 1')\nKeyError: 3"
        ),
    )
    verdict = in_language(judge_exercise(TASK, report), lambda text: german.get(text, text))
    assert verdict.tests[0].label == "by the author"
    assert verdict.tests[0].message == "KeyError in Zeile 2 deines Codes."
    assert verdict.traceback == (
        "dein Code, Zeile 4\n    f()\ndein Code, Zeile 2, in f\n    print('your code, line 1')\nKeyError: 3"
    )
