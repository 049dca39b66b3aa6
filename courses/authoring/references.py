"""What Markdown and code refer to: images that must be there, and script that will not run."""

import posixpath
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, is_dataclass
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from courses.authoring.spots import Spot
from courses.models.checkpoint import Checkpoint, CodeMistake, Exercise, Predict

_IMG = re.compile(r"<img\b[^>]*?\bsrc\s*=\s*[\"']?(?P<src>[^\"'\s>]+)[^>]*>", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b|<iframe\b|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
_SCRIPT_IN_CODE = re.compile(
    r"^\s*%%(?:javascript|js)\b|\bJavascript\(|<script\b|[\"'\s]on(?:click|load|error|change|input)\s*=",
    re.MULTILINE,
)
_NO_SCRIPT = "Learners' pages run no script but the platform's own; use text, images or ipywidgets."
_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class _Image:
    address: str
    alt: str
    line: int


def check_markdown(
    text: str, spot: Spot, images: Collection[str], attachments: Collection[str] = (), first_line: int = 0
) -> None:
    """Report images that are missing, have no description or stand on another host, and script.

    `first_line` is the line `text` starts at; 0 leaves the spot's own line.
    """
    for token in _tokens(text):
        line = first_line + token.map[0] if token.map and first_line else spot.line
        where = spot.at(line=line)
        if token.type in ("html_block", "html_inline") and _SCRIPT.search(token.content):
            where.warn("This HTML asks for script, which will not run on the page.", _NO_SCRIPT)
        for image in _images(token, line):
            _check_image(image, where, images, attachments)


def check_code(source: str, spot: Spot) -> None:
    """Report code that would put script on the page. The spot's line is the first of `source`."""
    if match := _SCRIPT_IN_CODE.search(source):
        line = spot.line + source.count("\n", 0, match.end())
        message = "This cell puts script on the page, and it will not run."
        spot.at(line=line).warn(message, _NO_SCRIPT)


def checkpoint_texts(checkpoint: Checkpoint) -> Iterator[tuple[str, str]]:
    """Every Markdown text of a checkpoint with its field."""
    yield from _texts(checkpoint.question, "")
    yield from ((f"hints[{i}]", hint) for i, hint in enumerate(checkpoint.hints, 1))
    yield "explanation", checkpoint.explanation


_PLAIN = {
    Exercise: {"ask", "starter", "solution", "tests", "hidden_tests", "alternatives"},
    CodeMistake: {"source"},
    Predict: {"code", "answer"},
}
"""Texts that are no Markdown; an exercise's `ask` is a cell's text, which is checked as such."""


def _texts(item: object, path: str) -> Iterator[tuple[str, str]]:
    if not is_dataclass(item):
        if isinstance(item, str):
            yield path, item
        elif isinstance(item, tuple):
            for position, part in enumerate(item, 1):
                yield from _texts(part, f"{path}[{position}]")
        return
    for field in fields(item):
        if field.name in ("kind", "pattern") or field.name in _PLAIN.get(type(item), ()):
            continue
        name = "parts" if field.name == "questions" else field.name
        yield from _texts(getattr(item, field.name), f"{path}.{name}" if path else name)


def _tokens(text: str) -> Iterator[Token]:
    """All tokens, inline ones with the lines of the block they stand in."""
    for token in _MARKDOWN.parse(text):
        yield token
        for child in token.children or ():
            child.map = token.map
            yield child


def _images(token: Token, line: int) -> Iterator[_Image]:
    if token.type == "image":
        yield _Image(str(token.attrs.get("src", "")), token.content, line)
    elif token.type in ("html_block", "html_inline"):
        for match in _IMG.finditer(token.content):
            alt = re.search(r"\balt\s*=\s*(\"[^\"]+|'[^']+|[^\"'\s>]+)", match[0])
            yield _Image(match["src"], alt[1] if alt else "", line)


def _check_image(image: _Image, spot: Spot, images: Collection[str], attachments: Collection[str]) -> None:
    if not image.alt.strip():
        spot.warn(f"The image “{image.address}” has no description.", "Write `![what it shows](…)`.")
    try:
        address = urlsplit(image.address)
    except ValueError:
        spot.error(f"“{image.address}” is no address.", "Name a file in the course's folder.")
        return
    if address.scheme == "attachment":
        if unquote(address.path) not in attachments:
            spot.error(f"There is no attachment “{unquote(address.path)}”.", "Paste the image in again.")
    elif address.scheme == "data":
        pass
    elif address.scheme or address.netloc:
        fix = "Save it in the course's folder and name that file."
        spot.error(f"The image “{image.address}” is on another host; pages ask no other host.", fix)
    elif posixpath.normpath(unquote(address.path)) not in images:
        fix = "Put the file there, or correct the name; it is relative to the course's folder."
        spot.error(f"There is no image “{unquote(address.path)}” in the course.", fix)
