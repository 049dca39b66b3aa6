"""Reading fields as what they mean: every scalar is text until its reader converts it here.

A reader remembers which fields it was asked for, so that `finish` can name those nobody knows.
"""

import math
import re
from collections.abc import Sequence

from courses.authoring.fields import Items, Record, Scalar
from courses.authoring.spots import Spot, did_you_mean

_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_NAME = re.compile(r"[\w][\w .+#/-]*")


class FieldReader:
    """The fields of one record. Every method reports at the field's own line and goes on."""

    def __init__(self, record: Record, spot: Spot, *, whole: bool = True) -> None:
        """`whole` is whether the record that this one stands in is."""
        self._record = record
        self._whole = whole and record.whole
        self._spot = spot.at(line=record.line)
        self._asked: list[str] = []

    @property
    def spot(self) -> Spot:
        return self._spot

    def has(self, name: str) -> bool:
        self._asked.append(name)
        return name in self._record.entries

    def spot_of(self, name: str, *more: int) -> Spot:
        """Where the field stands; `more` are positions (from 0) in its list."""
        node = self._record.entries.get(name)
        line = node.line if node else self._record.line
        for position in more:
            if isinstance(node, Items) and position < len(node.items):
                line = node.items[position].line
        suffix = "".join(f"[{position + 1}]" for position in more)
        return self._spot.at(line=line, field=_join(self._spot.field, name + suffix))

    def lacks(self, name: str, message: str, fix: str) -> None:
        """Report what is not there, unless lines were left out, which is said: it may stand in them."""
        if self._whole:
            self.spot_of(name).error(message, fix)

    def scalar(self, name: str, *, required: bool = False) -> Scalar | None:
        """The field as one text; None when it is missing or empty."""
        self._asked.append(name)
        node = self._record.entries.get(name)
        if node is not None and not isinstance(node, Scalar):
            self.spot_of(name).error(f"`{name}` holds one text, not a list.", f"Write `{name}: text`.")
            return None
        if node is None or (not node.text and not node.quoted):
            if required or node is not None:
                self.lacks(name, f"`{name}` is missing.", f"Write `{name}: …`.")
            return None
        return node

    def text(self, name: str, *, required: bool = False) -> str:
        scalar = self.scalar(name, required=required)
        return scalar.text if scalar else ""

    def flag(self, name: str, default: bool = False) -> bool:
        scalar = self.scalar(name)
        if scalar is None:
            return default
        word = scalar.text.lower()
        if word not in _TRUE + _FALSE:
            self.spot_of(name).error(
                f"“{scalar.text}” is neither true nor false.", "Write `true` or `false`."
            )
        return word in _TRUE

    def number(self, name: str, default: float = 0.0, *, least: float = 0.0, most: float = math.inf) -> float:
        scalar = self.scalar(name)
        if scalar is None:
            return default
        value = to_number(scalar.text)
        if value is None:
            fix = f"Write `{name}: {default:g}`, for example."
            self.spot_of(name).error(f"“{scalar.text}” is not a number.", fix)
            return default
        if not least <= value <= most:
            limit = f"at least {least:g}" if value < least else f"at most {most:g}"
            self.spot_of(name).error(f"{scalar.text} is out of range.", f"`{name}` is {limit}.")
            return default
        return value

    def integer(self, name: str, default: int = 0, *, least: int = 0) -> int:
        value = self.number(name, default, least=least)
        if value != int(value):
            self.spot_of(name).error(f"{value:g} is not a whole number.", "Leave the fraction out.")
        return int(value)

    def one_of(self, name: str, allowed: Sequence[str], default: str, also: str = "") -> str:
        """`also` is said beside all that is allowed."""
        scalar = self.scalar(name)
        if scalar is None:
            return default
        if scalar.text not in allowed:
            fix = did_you_mean(scalar.text, list(allowed))
            if fix.startswith("Known"):
                fix = f"{fix} {also}".rstrip()
            self.spot_of(name).error(f"`{name}` cannot be “{scalar.text}”.", fix)
            return default
        return scalar.text

    def scalars(self, name: str) -> tuple[Scalar, ...]:
        """One text, or a list of texts."""
        self._asked.append(name)
        node = self._record.entries.get(name)
        if isinstance(node, Record):
            self.spot_of(name).error(f"`{name}` holds texts.", "Write each as `- text`.")
            return ()
        found: list[Scalar] = []
        for position, item in enumerate(node.items if isinstance(node, Items) else [node]):
            if isinstance(item, Record):
                self.spot_of(name, position).error("A text is expected here.", "Write `- text`.")
            elif item is not None and item.text:
                found.append(item)
        return tuple(found)

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(scalar.text for scalar in self.scalars(name))

    def names(
        self, name: str, like: re.Pattern[str] = _NAME, fix: str = "Separate names by commas."
    ) -> tuple[str, ...]:
        """A list of names, also as `a, b` or `[a, b]` on one line. `fix` is for what is not `like` one."""
        found: list[str] = []
        for scalar in self.scalars(name):
            inner = scalar.text.removeprefix("[").removesuffix("]")
            for word in (part.strip().strip("\"'") for part in inner.split(",")):
                if not like.fullmatch(word):
                    self.spot_of(name).error(f"“{word}” is not a name.", fix)
                else:
                    found.append(word)
        return tuple(found)

    def records(self, name: str, first_field: str) -> tuple["FieldReader", ...]:
        """A list of records; `first_field` is how such an item starts, for the message."""
        self._asked.append(name)
        node = self._record.entries.get(name)
        items = node.items if isinstance(node, Items) else ()
        if node is not None and not isinstance(node, Items):
            self.spot_of(name).error(f"`{name}` holds a list.", f"Write each as `- {first_field}: …`.")
        readers = []
        for position, item in enumerate(items):
            spot = self.spot_of(name, position)
            if isinstance(item, Record):
                readers.append(FieldReader(item, spot, whole=self._whole))
            else:
                spot.error(f"“{item.text}” has no field name.", f"Write `- {first_field}: {item.text}`.")
        return tuple(readers)

    def block(self, name: str) -> "FieldReader":
        """A field that holds fields of its own; an empty reader when it is missing."""
        self._asked.append(name)
        node = self._record.entries.get(name)
        if node is not None and not isinstance(node, Record):
            self.spot_of(name).error(f"`{name}` holds fields of its own.", "Indent them below it.")
        record = node if isinstance(node, Record) else Record({}, self._record.line)
        return FieldReader(record, self.spot_of(name), whole=self._whole)

    def finish(self) -> None:
        """Report the fields that nobody asked for."""
        known = sorted(set(self._asked))
        for name in self._record.entries:
            if name not in known:
                self.spot_of(name).error(f"There is no field `{name}` here.", did_you_mean(name, known))


def to_number(text: str) -> float | None:
    """A finite number as Python writes it, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _join(*names: str) -> str:
    return ".".join(name for name in names if name)
