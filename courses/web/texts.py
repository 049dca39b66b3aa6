"""Every word of the interface in the reader's language, from one catalogue for pages and scripts.

The message id is the English text. Catalogues are read from their `.po` files when first needed:
there is nothing to compile, and a text without a translation stays English.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
LONGEST_HEADER = 500
"""Characters of an Accept-Language that are read: some fifty languages, where browsers name a handful."""


class Texts:
    """The catalogues of a folder. Language tags are given as browsers and courses write them ("de-AT")."""

    def __init__(self, folder: Path = LOCALE) -> None:
        self._folder = folder
        self._translations: dict[str, NullTranslations] = {}
        self._catalogues: dict[str, Mapping[str, str]] = {}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages there is a catalogue for, English first."""
        translated = sorted(path.parts[-3] for path in self._folder.glob("*/LC_MESSAGES/stepwise.po"))
        return (SOURCE_LANGUAGE, *translated)

    def best(self, wanted: Iterable[str]) -> str:
        """The first of some language tags, best first, that there is a catalogue for."""
        for tag in wanted:
            primary = tag.strip().lower().replace("_", "-").split("-")[0]
            if primary in self.languages:
                return primary
        return SOURCE_LANGUAGE

    def accepted(self, header: str) -> str:
        """What to answer to a browser's Accept-Language. Only the beginning of a long one is read."""
        preferences = sorted(map(_preference, header[:LONGEST_HEADER].split(",")), key=lambda pair: -pair[0])
        return self.best(tag for quality, tag in preferences if quality > 0)

    def translations(self, language: str) -> NullTranslations:
        """`gettext` and `ngettext` for a language; English for one without a catalogue."""
        language = self.best([language])
        if language not in self._translations:
            self._translations[language] = _compile(self._read(language))
        return self._translations[language]

    def translator(self, language: str) -> Callable[[str], str]:
        return self.translations(language).gettext

    def catalogue(self, language: str) -> Mapping[str, str]:
        """{English text: translation}, for a page's scripts; empty for English.

        A text for one and its text for many are two entries.
        """
        language = self.best([language])
        if language not in self._catalogues:
            self._catalogues[language] = _flatten(self._read(language))
        return self._catalogues[language]

    def _read(self, language: str) -> Catalog | None:
        if language == SOURCE_LANGUAGE:
            return None
        with (self._folder / language / "LC_MESSAGES" / "stepwise.po").open("rb") as file:
            return read_po(file, locale=language)


def _compile(catalogue: Catalog | None) -> NullTranslations:
    if catalogue is None:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _flatten(catalogue: Catalog | None) -> dict[str, str]:
    texts: dict[str, str] = {}
    for message in catalogue or ():
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        texts |= {source: text for source, text in zip(ids, strings, strict=False) if source and text}
    return texts


def _preference(item: str) -> tuple[float, str]:
    tag, _, parameters = item.strip().partition(";")
    try:
        quality = float(parameters.strip().removeprefix("q=") or 1)
    except ValueError:
        quality = 0.0
    return quality, tag
