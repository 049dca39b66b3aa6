"""Which language a person is answered in, and what a text without a translation does."""

from pathlib import Path

import pytest

from courses.web.texts import LONGEST_HEADER, Texts

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Check"
msgstr "Prüfen"

msgid "Not yet"
msgstr ""

msgid "{n} try"
msgid_plural "{n} tries"
msgstr[0] "{n} Versuch"
msgstr[1] "{n} Versuche"
"""


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "stepwise.po").write_text(PO, encoding="utf-8")
    return Texts(tmp_path)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr,de;q=0.4,en;q=0.8", "en"),
        ("fr;q=0.9, DE;q=0.5", "de"),
        ("de;q=0,en", "en"),
        ("de;q=nonsense, fr", "en"),
        (";;;,q=,*", "en"),
        ("x," * (LONGEST_HEADER // 2 - 1) + "de", "de"),
        ("x," * (LONGEST_HEADER // 2) + "de", "en"),
    ],
)
def test_accepted(texts: Texts, header: str, language: str) -> None:
    """The best language of a browser's list that there is, English when there is none; long lists are cut."""
    assert texts.accepted(header) == language


def test_translations(texts: Texts) -> None:
    """Texts are translated, those without a translation stay English, numbers choose the form."""
    german = texts.translations("de-CH")
    assert german.gettext("Check") == "Prüfen"
    assert german.gettext("Not yet") == "Not yet"
    assert german.ngettext("{n} try", "{n} tries", 1) == "{n} Versuch"
    assert german.ngettext("{n} try", "{n} tries", 3) == "{n} Versuche"


def test_catalogue(texts: Texts) -> None:
    """A page's scripts get what is translated, both forms of a number's text, and no header."""
    assert texts.catalogue("de") == {
        "Check": "Prüfen",
        "{n} try": "{n} Versuch",
        "{n} tries": "{n} Versuche",
    }


def test_unknown_language(texts: Texts) -> None:
    """A course in a language without a catalogue has an English interface."""
    assert texts.translator("ja")("Check") == "Check"
    assert texts.catalogue("ja") == {}
