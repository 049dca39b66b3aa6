"""Find every text of the interface in the sources, and bring the catalogues up to date.

`python -m courses.web.extract_texts` rewrites `stepwise.pot` and merges it into each language's
`stepwise.po`: new texts come in untranslated, translations of texts that are gone are dropped.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from courses.web.texts import LOCALE

ROOT = Path(__file__).parents[2]
TEMPLATE = LOCALE / "stepwise.pot"

_PLURAL = (1, 2)
_KEYWORDS: dict[str, tuple[Any, ...] | None] = {
    "gettext": None,
    "ngettext": _PLURAL,
    "_": None,
    "translate": None,
    "t": None,
    "tn": _PLURAL,
    "notice": None,
    "phrase": None,
    "sentence": None,
    # A refusal's own words, which the forms translate.
    "_said_elsewhere": None,
    "WeakPassword": None,
    "Rejected": (2,),
}
_SOURCES: tuple[tuple[Path, list[tuple[str, str]]], ...] = (
    (ROOT / "courses" / "web", [("**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]),
    (ROOT / "courses" / "services", [("**.py", "python")]),
    (ROOT / "courses" / "kernels", [("**.py", "python")]),
    (ROOT / "courses" / "grading" / "validators", [("**.py", "python")]),
    (ROOT / "courses" / "grading" / "inside", [("sentences.py", "python")]),
    (ROOT / "courses" / "http", [("**.py", "python")]),
    (ROOT / "courses" / "api", [("**.py", "python")]),
    (ROOT / "courses", [("errors.py", "python")]),
    (ROOT / "stepwise_kernel_ext" / "frontend" / "src", [("**.ts", "javascript")]),
)


def extract() -> Catalog:
    """All texts of the sources that there are, each with the files that use it."""
    catalogue = Catalog(header_comment="# The texts of Stepwise's interface.", charset="utf-8", fuzzy=False)
    for folder, methods in _SOURCES:
        for file, text in _texts(folder, methods):
            catalogue.add(text, locations=[(str((folder / file).relative_to(ROOT)), 0)])
    return catalogue


def missing(catalogue: Catalog, known: Catalog, *, translated: bool) -> list[str]:
    """Texts of `catalogue` that `known` does not hold, or holds untranslated."""

    def absent(text: Any) -> bool:
        entry = known.get(text)
        if entry is None or not translated:
            return entry is None
        strings = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
        return not strings or not all(strings)

    return [str(message.id) for message in catalogue if message.id and absent(message.id)]


def read(file: Path, language: str | None = None) -> Catalog:
    with file.open("rb") as handle:
        return read_po(handle, locale=language)


def update() -> None:
    """Rewrite the template and merge it into every language's catalogue."""
    template = extract()
    _write(TEMPLATE, template)
    for file in sorted(LOCALE.glob("*/LC_MESSAGES/stepwise.po")):
        catalogue = read(file, file.parts[-3])
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        _write(file, catalogue)


def _texts(folder: Path, methods: list[tuple[str, str]]) -> Iterator[tuple[str, Any]]:
    if not folder.is_dir():
        return
    options = {"**.html": {"trimmed": "true", "silent": "false"}, "**.ts": {"parse_template_string": "true"}}
    found = extract_from_dir(folder, methods, options, keywords=_KEYWORDS)
    for file, _line, text, _comments, _context in found:
        yield file, text


def _write(file: Path, catalogue: Catalog) -> None:
    with file.open("wb") as handle:
        write_po(handle, catalogue, width=100, omit_header=False, sort_output=True, include_lineno=False)


if __name__ == "__main__":
    update()
