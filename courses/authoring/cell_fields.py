"""Fields on any cell: `#| field: value` on top of code, `<!--| field: value -->` opening Markdown.

Code is cut from its fields by `courses.models.code_fields`, which an author's kernel uses too.
"""

import re
import textwrap
from dataclasses import dataclass

from courses.authoring.field_reader import FieldReader

_COMMENT = re.compile(r"[ \t]*<!--\|(?P<body>.*?)-->[ \t]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CellFields:
    """What a cell says of itself, and of the step it is in (`title`, `points`, `skills`, `needs`)."""

    title: str = ""
    points: float | None = None
    skills: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    condition: str = ""
    fig_alt: str = ""
    setup: bool = False
    hide_source: bool = False
    no_replay: bool = False


def read_cell_fields(fields: FieldReader, *, code: bool = False) -> CellFields:
    """Read what is allowed on a cell, be it `code` or not; the rest is left for `finish` to report."""
    fields.text("depth")  # reserved for learning paths: checked to be a text, kept nowhere yet
    return CellFields(
        title=fields.text("title"),
        points=fields.number("points") if fields.has("points") else None,
        skills=fields.names("skills"),
        needs=fields.names("needs"),
        condition=fields.text("for"),
        fig_alt=fields.text("fig-alt") if code else "",
        setup=fields.flag("setup") if code else False,
        hide_source=fields.flag("hide-source") if code else False,
        no_replay=fields.flag("no-replay") if code else False,
    )


def split_markdown_fields(source: str) -> tuple[str, str]:
    """The text of the field comments that open a Markdown cell, and the Markdown below them.

    Lines keep their place: the fields' text has one line for each line of the comments.
    """
    blank = len(source) - len(source.lstrip("\n"))
    fields, position = ["\n" * blank], blank
    while match := _COMMENT.match(source, position):
        fields.append(textwrap.dedent(" " * 5 + match["body"]))
        fields.append("\n")
        position = match.end()
    if len(fields) == 1:
        return "", source
    return "".join(fields), source[position:].lstrip("\n")
