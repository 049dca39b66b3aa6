"""Values as typed JSON, so that neither process ever unpickles anything of the other's.

Exact types only: an `int` subclass with an `__eq__` that lies is no `int` and crosses as a handle, on
whatever terms the caller's `other` functions give. Arrays and tables are in `tables`.
"""

import builtins
import datetime as dt
import sys
from collections.abc import Callable, Iterable
from typing import Any

Json = Any
EncodeOther = Callable[[object], Json]
DecodeOther = Callable[[dict[str, Any]], object]

_EXACT_INTEGER = 1 << 53
_DEEPEST = 60
_MOST = 500_000
_CONTAINER = 9
"""How many plain values a container is worth, for the time and memory that it takes."""


class TooLarge(ValueError):
    """A value with too many parts, or one that contains itself."""


class Encoder:
    """Encodes one message's values. `other` answers for everything that is not plain."""

    def __init__(self, other: EncodeOther) -> None:
        self._other = other
        self._left = _MOST
        self.others = 0
        """How many objects were not plain so far."""

    def encode(self, value: object, depth: int = 0) -> Json:
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            raise TooLarge("The value is too large, or contains itself.")
        kind = type(value)
        if value is None or kind in (bool, str, float):
            return value
        if type(value) is int:
            return value if abs(value) < _EXACT_INTEGER else {"t": "int", "v": hex(value)}
        if write := _WRITERS.get(kind):
            self._left -= _CONTAINER
            return write(self, value, depth + 1)
        return self._builtin(value) or self._imported(value, depth) or self._as_other(value)

    def many(self, values: Iterable[object], depth: int) -> list[Json]:
        return [self.encode(value, depth) for value in values]

    def hashed(self, kind: str, value: Any, depth: int) -> Json:
        """A set, in an order of its own, so that equal ones give equal text.

        What is not plain decides itself what it equals, so whatever holds it by that is not plain either.
        """
        before = self.others
        parts = sorted(self.many(value, depth), key=repr)
        return {"t": kind, "v": parts} if self.others == before else self._as_other(value)

    def mapping(self, kind: str, value: Any, depth: int) -> Json:
        """A dictionary; what is not plain may be among its values."""
        before = self.others
        keys = self.many(value, depth)
        if self.others > before:
            return self._as_other(value)
        return {
            "t": kind,
            "v": [[key, self.encode(v, depth)] for key, v in zip(keys, value.values(), strict=True)],
        }

    def _as_other(self, value: object) -> Json:
        self.others += 1
        return self._other(value)

    def _builtin(self, value: object) -> Json | None:
        name = value.__name__ if isinstance(value, type) else ""
        if name and getattr(builtins, name, None) is value:
            return {"t": "type", "v": name}
        return None

    def _imported(self, value: object, depth: int) -> Json | None:
        """Types of modules that are there only when somebody imported them."""
        module = type(value).__module__
        if module in ("collections", "decimal", "fractions"):
            return self._standard(value, depth)
        if module.partition(".")[0] in ("numpy", "pandas"):
            from courses.grading.inside import tables  # noqa: PLC0415 - only where there are any

            return tables.encode(self, value, depth + 1)
        return None

    def _standard(self, value: Any, depth: int) -> Json | None:
        kind = type(value)
        if getattr(sys.modules.get(kind.__module__), kind.__name__, None) is not kind:
            return None
        match kind.__name__:
            case "Counter" | "OrderedDict":
                return self.mapping(kind.__name__, value, depth + 1)
            case "defaultdict":
                return self._with_factory(value, depth + 1)
            case "deque":
                content: Json = self.many(value, depth + 1)
            case "Decimal":
                content = str(value)
            case "Fraction":
                content = [hex(value.numerator), hex(value.denominator)]
            case _:
                return None
        return {"t": kind.__name__, "v": content}

    def _with_factory(self, value: Any, depth: int) -> Json | None:
        """Only a builtin type is the same on the other side."""
        factory = self._builtin(value.default_factory)
        if factory is None and value.default_factory is not None:
            return None
        data = self.mapping("defaultdict", value, depth)
        return {**data, "v": [factory, data["v"]]} if data["t"] == "defaultdict" else data


class Decoder:
    """Builds plain values; `other` answers for what the plain types do not cover."""

    def __init__(self, other: DecodeOther) -> None:
        self._other = other

    def decode(self, data: Json) -> Any:
        if not isinstance(data, dict):
            return data
        kind = data["t"]
        if read := _READERS.get(kind):
            return read(self, data["v"])
        if kind.startswith(("np.", "pd.")):
            from courses.grading.inside import tables  # noqa: PLC0415 - only where there are any

            return tables.decode(self, data)
        return self._other(data)

    def many(self, data: Iterable[Json]) -> list[Any]:
        return [self.decode(item) for item in data]

    def pairs(self, data: Iterable[Json]) -> dict[Any, Any]:
        return {self.decode(key): self.decode(value) for key, value in data}


def _from_module(module: str, name: str) -> Callable[..., Any]:
    def build(*arguments: object) -> Any:
        return getattr(__import__(module), name)(*arguments)

    return build


_WRITERS: dict[type, Callable[[Encoder, Any, int], Json]] = {
    list: lambda e, v, d: {"t": "list", "v": e.many(v, d)},
    tuple: lambda e, v, d: {"t": "tuple", "v": e.many(v, d)},
    set: lambda e, v, d: e.hashed("set", v, d),
    frozenset: lambda e, v, d: e.hashed("frozenset", v, d),
    dict: lambda e, v, d: e.mapping("dict", v, d),
    complex: lambda _e, v, _d: {"t": "complex", "v": [v.real, v.imag]},
    bytes: lambda _e, v, _d: {"t": "bytes", "v": v.hex()},
    bytearray: lambda _e, v, _d: {"t": "bytearray", "v": v.hex()},
    range: lambda _e, v, _d: {"t": "range", "v": [v.start, v.stop, v.step]},
    slice: lambda e, v, d: {"t": "slice", "v": e.many((v.start, v.stop, v.step), d)},
    type(...): lambda _e, _v, _d: {"t": "ellipsis", "v": 0},
    dt.date: lambda _e, v, _d: {"t": "date", "v": v.isoformat()},
    dt.time: lambda _e, v, _d: {"t": "time", "v": v.isoformat()},
    dt.datetime: lambda _e, v, _d: {"t": "datetime", "v": v.isoformat()},
    dt.timedelta: lambda _e, v, _d: {"t": "timedelta", "v": [v.days, v.seconds, v.microseconds]},
}
_READERS: dict[str, Callable[[Decoder, Any], Any]] = {
    "int": lambda _d, v: int(v, 16),
    "list": lambda d, v: d.many(v),
    "tuple": lambda d, v: tuple(d.many(v)),
    "set": lambda d, v: set(d.many(v)),
    "frozenset": lambda d, v: frozenset(d.many(v)),
    "dict": lambda d, v: d.pairs(v),
    "complex": lambda _d, v: complex(*v),
    "bytes": lambda _d, v: bytes.fromhex(v),
    "bytearray": lambda _d, v: bytearray.fromhex(v),
    "range": lambda _d, v: range(*v),
    "slice": lambda d, v: slice(*d.many(v)),
    "ellipsis": lambda _d, _v: ...,
    "date": lambda _d, v: dt.date.fromisoformat(v),
    "time": lambda _d, v: dt.time.fromisoformat(v),
    "datetime": lambda _d, v: dt.datetime.fromisoformat(v),
    "timedelta": lambda _d, v: dt.timedelta(*v),
    "type": lambda _d, v: _builtin_type(v),
    "Counter": lambda d, v: _from_module("collections", "Counter")(d.pairs(v)),
    "OrderedDict": lambda d, v: _from_module("collections", "OrderedDict")(d.pairs(v)),
    "defaultdict": lambda d, v: _from_module("collections", "defaultdict")(d.decode(v[0]), d.pairs(v[1])),
    "deque": lambda d, v: _from_module("collections", "deque")(d.many(v)),
    "Decimal": lambda _d, v: _from_module("decimal", "Decimal")(v),
    "Fraction": lambda _d, v: _from_module("fractions", "Fraction")(*(int(part, 16) for part in v)),
}


def _builtin_type(name: str) -> type:
    found = getattr(builtins, name)
    if not isinstance(found, type):
        raise ValueError(f"{name} is no type")
    return found
