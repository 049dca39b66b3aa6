"""The submission's side of values and handles: what it hands out, and what it is handed.

An object that can change is handed out with a number. When it comes back under that number it is the
very same object, brought up to what the tests have made of it meanwhile.
"""

import types
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from courses.grading.inside.frames import Channel
from courses.grading.inside.operations import OPERATIONS
from courses.grading.inside.wire import Decoder, Encoder, Json, TooLarge

_MUTABLE = (list, dict, set, bytearray, deque, tuple)
"""A tuple may hold something that is changed."""
_REFERRED = (list, dict, set, bytearray)
_TABLES = ("DataFrame", "Series", "ndarray")


class Exchange:
    """Everything that one run has handed out. `number` is the run's.

    `respond` answers what the tests ask while the submission waits for a function of theirs.
    """

    def __init__(self, channel: Channel, number: int, respond: Callable[[Any], Json]) -> None:
        self.channel, self.number, self._respond = channel, number, respond
        self._handles: dict[int, object] = {}
        self._known: dict[int, int] = {}
        self._decoder = Decoder(self._decode_other)

    def handle(self, number: int) -> object:
        return self._handles[number]

    def decode(self, data: Json) -> Any:
        return self._decoder.decode(data)

    def changes(self, arguments: Iterable[tuple[Any, Json, object]]) -> list[Any]:
        """Of (place, as sent, now), the arguments that are no longer what they were: [place, new value]."""
        changed = []
        for place, sent, value in arguments:
            if isinstance(value, _MUTABLE) or type(value).__name__ in _TABLES:
                now = self.encode(value, by_name=False)
                if now != {key: part for key, part in sent.items() if key != "ref"}:
                    changed.append([place, now])
        return changed

    def encode(self, value: object, *, by_name: bool = True) -> Json:
        """Values by their type; those that can change carry a reference, so that they stay the same one."""
        try:
            data = Encoder(self._encode_other).encode(value)
        except TooLarge:
            return self._encode_other(value)
        if by_name and type(value) in _REFERRED and data["t"] != "handle":
            data["ref"] = self._number(value)
        return data

    def _number(self, value: object) -> int:
        """Keeps what is handed out alive, and under one number."""
        known = self._known.setdefault(id(value), len(self._known) + 1)
        self._handles[known] = value
        return known

    def _encode_other(self, value: object) -> Json:
        callback = getattr(value, "_stepwise_callback", None) if type(value) is types.FunctionType else None
        if callback is not None:
            return {"t": "callback", "id": callback}
        if isinstance(value, type) and issubclass(value, BaseException):
            return {"t": "exception", "id": self._number(value), "bases": lineage(value)}
        if isinstance(value, types.ModuleType):
            return {"t": "module", "id": self._number(value), "name": value.__name__}
        name = getattr(value, "__name__", "") if callable(value) else ""
        doc = getattr(value, "__doc__", None) if callable(value) else None
        return {
            "t": "handle",
            "id": self._number(value),
            "callable": callable(value),
            "type": type(value).__name__,
            "name": name if type(name) is str else "",
            "doc": doc if type(doc) is str else None,
        }

    def decode_argument(self, data: Json) -> Any:
        """A value that came from here is the very same one, brought up to date."""
        value = self._decoder.decode(data)
        number = data.get("ref") if isinstance(data, dict) else None
        if number is None:
            return value
        mine = self._handles[number]
        if self.encode(mine, by_name=False) != self.encode(value, by_name=False):
            OPERATIONS["become"](mine, value)
        return mine

    def _decode_other(self, data: dict[str, Any]) -> Any:
        if data["t"] == "mine":
            return self._handles[data["id"]]
        return self._callback(data["id"])

    def _callback(self, number: int) -> Any:
        """A test's function: calling it asks the tests."""

        def function(*arguments: object, **named: object) -> Any:
            self.channel.send(
                self.number,
                {
                    "callback": number,
                    "args": [self.encode(a) for a in arguments],
                    "kwargs": {name: self.encode(a) for name, a in named.items()},
                },
            )
            _, answer = self.channel.receive()
            while "op" in answer:
                self.channel.send(self.number, self._respond(answer))
                _, answer = self.channel.receive()
            if "raise" in answer:
                raise RuntimeError(f"the function that was passed in raised {answer['raise']}")
            return self._decoder.decode(answer["value"])

        function._stepwise_callback = number  # type: ignore[attr-defined]
        return function


def lineage(kind: type) -> list[str]:
    """Names of an exception's classes down to the first builtin one."""
    names = []
    for base in kind.__mro__:
        names.append(base.__name__)
        if base.__module__ == "builtins":
            break
    return names
