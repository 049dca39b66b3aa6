"""The catalogues against the sources: nothing is missing, nothing is left untranslated."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from courses.web.extract_texts import TEMPLATE, extract, missing, read
from courses.web.texts import LOCALE

SCRIPTS = Path(__file__).parents[2] / "stepwise_kernel_ext" / "frontend" / "src"
_SAID = re.compile(r'\btn?\(\s*"([^"]+)"')
FIX = "Run: python -m courses.web.extract_texts, then translate what it adds."


def test_template() -> None:
    """Every text in pages, handlers and scripts is in the template."""
    assert missing(extract(), read(TEMPLATE), translated=False) == [], FIX


def test_scripts_are_read() -> None:
    """The texts come from the front end's TypeScript and from the page templates alike."""
    known = extract()
    assert (
        known.get("Check")
        and known.get("Your courses")
        and known.get("This name is taken. Choose another one.")
    )


def test_no_script_text_escapes() -> None:
    """Texts within template strings are not found by the extraction, and would stay English."""
    known = extract()
    said = [
        (file.name, text)
        for file in SCRIPTS.rglob("*.ts")
        if file.name != "texts.ts"
        for text in _SAID.findall(file.read_text())
    ]
    assert said
    assert [(file, text) for file, text in said if known.get(text) is None] == []


@pytest.fixture(params=sorted(LOCALE.glob("*/LC_MESSAGES/stepwise.po")), ids=lambda file: file.parts[-3])
def translated(request: pytest.FixtureRequest) -> Catalog:
    return read(request.param, request.param.parts[-3])


def test_translations(translated: Catalog) -> None:
    """Every text has its translation in every language there is."""
    assert missing(extract(), translated, translated=True) == [], FIX


def test_placeholders(translated: Catalog) -> None:
    """A translation fills in what its text fills in, and nothing else."""
    for message in translated:
        if not message.id or not all(_all(message.string)):
            continue
        for text in _all(message.string):
            assert _places(text) <= _places(" ".join(_all(message.id))), message.id
        assert _places(_all(message.id)[-1]) == _places(_all(message.string)[-1]), message.id


def _all(text: object) -> list[str]:
    return [text] if isinstance(text, str) else list(text)  # type: ignore[call-overload]


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|\{\w+\}|<[^>]+>", text))
