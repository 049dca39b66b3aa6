"""The dialect of YAML in which authors write fields.

A one-line value is taken literally, whatever YAML would make of it: `no`, `010`, `12:30`, `[1, 2]`,
`# x`, `*so*: yes` are those very texts. What stays of YAML is its skeleton: `field: value`, nested
blocks, `- item` lists, `|` for a text of several lines, whole-line comments, and quotes around a whole
value. Nothing is converted here; the reader of a field knows what it wants.

Whether a list's items are texts or records is the field's affair too (`- Note: read it again` is a fine
hint), so the names of fields that hold records are passed in.
"""

import re
import textwrap
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from courses.authoring.spots import Spot

_KEY = re.compile(r"(?P<key>[A-Za-z][\w-]*):(?:[ \t]+(?P<rest>.*))?$")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|' + r"'(?:[^']|'')*'")
_ANCHOR = re.compile(r"&[A-Za-z][\w-]*(?: |$)")
_ALIAS = re.compile(r"\*[A-Za-z][\w-]*$")
_TAG = re.compile(r"!(?:![A-Za-z]|<|[A-Za-z])[^ ]*(?: |$)")
_BLOCK = ("|", "|-")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. `quoted`: the author put quotes around it, so it means no more than it says."""

    text: str
    line: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list, in order."""

    items: "tuple[Scalar | Record, ...]"
    line: int


@dataclass(frozen=True, slots=True)
class Record:
    """Fields by name, in the order written. Of one that is not `whole` some lines were left out."""

    entries: "dict[str, Node]"
    line: int
    whole: bool = True


Node = Scalar | Items | Record


def parse_fields(
    text: str, spot: Spot, *, records: AbstractSet[str] = frozenset(), first_line: int = 1
) -> Record:
    """Parse a block of fields; what is wrong is reported at `spot` and left out.

    `records` names the fields whose list items are records. Lines count from `first_line`.
    """
    return _Parser(text, spot, records, first_line).document()


@dataclass(frozen=True, slots=True)
class _Line:
    indent: int
    text: str
    number: int

    @property
    def is_item(self) -> bool:
        return self.text == "-" or self.text.startswith("- ")


class _Parser:
    """Walks the lines once; each method starts at the line `_peek` shows and consumes what it reads."""

    def __init__(self, text: str, spot: Spot, records: AbstractSet[str], first_line: int) -> None:
        self._lines = text.split("\n")
        self._spot = spot
        self._records = records
        self._first = first_line
        self._next = 0
        self._whole = True

    def document(self) -> Record:
        line = self._peek()
        record = Record({}, self._first)
        indent = line.indent if line else 0
        while line := self._peek():
            if line.indent < indent:
                self._error(line, "This line is indented less than the fields above it.", "Line them up.")
                indent = line.indent
            self._read_entries(record, indent)
        return replace(record, whole=self._whole)

    def _peek(self) -> _Line | None:
        """The next line that says something, without consuming it."""
        while self._next < len(self._lines):
            raw = self._lines[self._next]
            text = raw.strip()
            if text and not text.startswith("#"):
                return self._measure(raw, text)
            self._next += 1
        return None

    def _measure(self, raw: str, text: str) -> _Line:
        margin = raw[: len(raw) - len(raw.lstrip())]
        line = _Line(len(margin), text, self._first + self._next)
        if "\t" in margin:
            self._error(line, "A tab indents this line.", "Indent with spaces.")
            self._lines[self._next] = raw.replace("\t", "  ", margin.count("\t"))
            return self._measure(self._lines[self._next], text)
        return line

    def _record(self, indent: int) -> Record:
        record = Record({}, self._first + self._next)
        self._read_entries(record, indent)
        return record

    def _read_entries(self, record: Record, indent: int) -> None:
        while (line := self._peek()) and line.indent >= indent:
            if line.indent > indent:
                self._torn(line, "This line is indented more than the fields above it.", "Line them up.")
                self._skip_to_field(indent)
            elif line.is_item:
                self._torn(line, "This list belongs to no field.", "Write the field's name above it.")
                self._skip_to_field(indent)
            else:
                self._entry(record, line)

    def _entry(self, record: Record, line: _Line) -> None:
        match = _KEY.match(line.text)
        self._next += 1
        if match is None:
            self._error(line, f"“{_shorten(line.text)}” is no field.", _fix_for(line.text))
            self._skip(line.indent + 1)
            return
        key = match["key"]
        node = self._value(key, (match["rest"] or "").strip(), line)
        if key in record.entries:
            self._error(line, f"`{key}` is given twice.", "Keep one of them.", key)
        else:
            record.entries[key] = node

    def _value(self, key: str, rest: str, line: _Line) -> Node:
        if rest in _BLOCK:
            return self._block(line)
        if rest:
            return self._one_line(rest, line, key)
        below = self._peek()
        if below and below.is_item and below.indent >= line.indent:
            return self._items(below, line.indent, of_records=key in self._records)
        if below and below.indent > line.indent:
            if _KEY.match(below.text):
                return self._record(below.indent)
            self._refuse_continuation(line, below, key)
        return Scalar("", line.number)

    def _items(self, first: _Line, indent: int, *, of_records: bool) -> Items:
        """`indent` is that of the list's field."""
        items: list[Scalar | Record] = []
        while (line := self._peek()) and line.indent == first.indent and line.is_item:
            items.append(self._item(line, of_records=of_records))
        if line and line.is_item and line.indent >= indent:
            self._torn(line, "This item does not stand below the items above it.", "Line them up.")
            self._skip_to_field(indent)
        return Items(tuple(items), first.number)

    def _item(self, line: _Line, *, of_records: bool) -> Scalar | Record:
        rest = line.text[1:].strip()
        if of_records and _KEY.match(rest):
            # The dash becomes a space: the item's first field then lines up with those below it.
            margin = line.indent + len(line.text) - len(rest)
            self._lines[self._next] = " " * margin + rest
            return self._record(margin)
        self._next += 1
        if rest in _BLOCK:
            return self._block(line)
        if not rest:
            self._error(line, "This item is empty.", "Write it behind the dash, or delete the dash.")
        return self._one_line(rest, line, "")

    def _block(self, line: _Line) -> Scalar:
        start = self._next
        while self._next < len(self._lines):
            raw = self._lines[self._next]
            if raw.strip() and len(raw) - len(raw.lstrip()) <= line.indent:
                break
            self._next += 1
        text = textwrap.dedent("\n".join(self._lines[start : self._next]))
        return Scalar(text.strip("\n").rstrip(), line.number)

    def _one_line(self, rest: str, line: _Line, key: str) -> Scalar:
        if (below := self._peek()) and below.indent > line.indent:
            self._refuse_continuation(line, below, key)
        if _QUOTED.fullmatch(rest):
            return Scalar(self._unquote(rest, line, key), line.number, quoted=True)
        if _ANCHOR.match(rest) or _ALIAS.match(rest):
            self._error(line, f"“{_shorten(rest)}” is an anchor or alias of YAML.", _QUOTE_IT, key)
        elif _TAG.match(rest):
            self._error(line, f"“{_shorten(rest)}” is a tag of YAML.", _QUOTE_IT, key)
        return Scalar(rest, line.number)

    def _unquote(self, quoted: str, line: _Line, key: str) -> str:
        try:
            text = str(YAML(typ="safe", pure=True).load(quoted))
        except YAMLError:
            text = ""
        if (not text and len(quoted) > 2) or any(ord(c) < 32 and c not in "\n\t" for c in text):
            fix = "Remove the quotes: a value without them is taken as it stands."
            self._error(line, "A backslash in double quotes starts an escape.", fix, key)
        return text

    def _refuse_continuation(self, line: _Line, below: _Line, key: str) -> None:
        fix = f"Write `{key}: |` and the text below it." if key else "Write `- |` and the text below it."
        if _KEY.match(below.text):
            self._torn(
                below, "This line is indented more than the field above it.", f"Line them up. {_OR_TEXT}"
            )
        else:
            self._torn(below, "A text of several lines starts with `|`.", fix, key)
        self._skip(line.indent + 1)

    def _skip(self, indent: int) -> None:
        """Pass over the lines that are indented by at least `indent`."""
        while (line := self._peek()) and line.indent >= indent:
            self._next += 1

    def _skip_to_field(self, indent: int) -> None:
        """Pass over what a misplaced line has torn from its field."""
        while (line := self._peek()) and (line.indent > indent or (line.indent == indent and line.is_item)):
            self._next += 1

    def _torn(self, line: _Line, message: str, fix: str, key: str = "") -> None:
        """What is missing from now on may stand in the lines that are left out."""
        self._whole = False
        self._error(line, message, fix, key)

    def _error(self, line: _Line, message: str, fix: str, key: str = "") -> None:
        field = ".".join(name for name in (self._spot.field, key) if name)
        self._spot.at(line=line.number, field=field).error(message, fix)


_OR_TEXT = "A text of several lines starts with `|`."
_QUOTE_IT = "If it is text, put it in double quotes."


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _fix_for(text: str) -> str:
    if re.match(r"[A-Za-z][\w-]*:\S", text):
        return "Put a space after the colon."
    return "Write `field: value`; a text of several lines starts with `|`."
