"""The submission as tests see it: its values by name, handles for the rest, its errors raised here.

Everything that comes back is read as data. What the tests have looked at leaves a trace, by which an
author's foreseen mistake is recognised.
"""

import builtins
import hashlib
import importlib
import json
import types
from typing import Any

from courses.grading.inside import answers, handles
from courses.grading.inside.frames import PREFIX, Channel
from courses.grading.inside.misfits import Misfit
from courses.grading.inside.wire import Decoder, Encoder, Json

_DETAILS = frozenset({"id", "ref", "name", "doc", "type", "line", "args", "attributes", "traceback"})


class Remote:
    """One run of a submission. `trace` grows with everything that is seen of it."""

    def __init__(self, channel: Channel, number: int) -> None:
        self.channel, self.number = channel, number
        self.trace = hashlib.sha256()
        self._decoder = Decoder(self._decode_other)
        self._callbacks: dict[int, Any] = {}
        self._same: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._refused: Misfit | None = None
        self._errors: dict[tuple[str, ...], type[BaseException]] = {}

    def start(self, source: str, stdin: str, names: dict[str, object], drop: list[int]) -> Json:
        """Run the submission; the raw answer."""
        given = {name: self._encode(value) for name, value in names.items()}
        order = {"run": self.number, "source": source, "stdin": stdin, "names": given, "drop": drop}
        return self._exchange(PREFIX, order)

    def ask(self, operation: str, **details: Any) -> Any:
        return self.value(self._exchange(self.number, {"op": operation, **details}))

    def operate(self, operation: str, on: int, *arguments: Any, **named: Any) -> Any:
        """Do `operation` to a handle; arguments that were changed in place are changed here too."""
        sent = [self._encode(a) for a in arguments]
        sent_named = {name: self._encode(a) for name, a in named.items()}
        order = {"op": operation, "on": on, "args": sent, "kwargs": sent_named}
        answer = self._exchange(self.number, order)
        result = self.value(answer)
        for place, data in answer.get("changed", []):
            handles.update_in_place(arguments[place], self._read(data))
        for name, data in answer.get("changed_named", []):
            handles.update_in_place(named[name], self._read(data))
        return result

    def value(self, answer: Json) -> Any:
        """The answer's value; its exception is raised."""
        if answer.get("missing"):
            raise KeyError
        if "exc" in answer:
            raise self.error(answer)
        data = answer["value"]
        value = self._read(data)
        number = data.get("ref") if isinstance(data, dict) else None
        return value if number is None else self._keep_same(number, value)

    def error(self, answer: Json) -> BaseException:
        """A builtin exception, or one made by name below it."""
        told = answer["exc"]
        error = self._error_type(tuple(told["bases"]))
        made = _make(error, [self._read(argument) for argument in told["args"]], told["message"])
        made.__dict__.update({name: self._read(value) for name, value in told["attributes"].items()})
        made.submission = answer  # type: ignore[attr-defined]
        return made

    def _read(self, data: Json) -> Any:
        try:
            return self._decoder.decode(data)
        except Exception as error:
            raise Misfit(
                f"A value of the submission cannot be read by the tests ({error}). Look at plain parts of it."
            ) from None

    def _exchange(self, address: int, message: Json) -> Json:
        self.channel.send(address, message)
        while "callback" in (answer := answers.receive(self.channel)):
            self._observe([answer["args"], answer["kwargs"]])
            self.channel.send(address if address != PREFIX else self.number, self._call_back(answer))
        self._observe(answer)
        if self._refused is not None:
            refused, self._refused = self._refused, None
            raise refused
        return answer

    def _observe(self, answer: Json) -> None:
        self.trace.update(json.dumps(_bare(answer), sort_keys=True).encode())

    def _call_back(self, asked: Json) -> Json:
        """Run a test's function for the submission, which learns no more than its result."""
        try:
            arguments = [self._decoder.decode(a) for a in asked["args"]]
            named = {name: self._decoder.decode(a) for name, a in asked["kwargs"].items()}
            return {"value": self._encode(self._callbacks[asked["callback"]](*arguments, **named))}
        except Misfit as error:
            self._refused = error  # raised once the submission has answered
            return {"raise": "TypeError"}
        except Exception as error:
            return {"raise": type(error).__name__}

    def _encode(self, value: object) -> Json:
        data = Encoder(self._encode_other).encode(value)
        number = self._numbers.get(id(value))
        if number is not None and isinstance(data, dict):
            data["ref"] = number
        return data

    def _encode_other(self, value: object) -> Json:
        owner = handles.owner_of(value)
        if owner is not None:
            if owner[0] is not self:
                raise Misfit("An object of one run cannot be given to another run.")
            return {"t": "mine", "id": owner[1]}
        if callable(value):
            self._callbacks[id(value)] = value
            return {"t": "callback", "id": id(value)}
        raise Misfit(
            f"A {type(value).__name__} of the tests cannot be given to the submission: give plain values."
        )

    def _decode_other(self, data: dict[str, Any]) -> Any:
        match data["t"]:
            case "callback":
                return self._callbacks[data["id"]]
            case "exception":
                return handles.owned(self._error_type(tuple(data["bases"])), self, data["id"])
            case "module" if (module := import_named(data["name"])) is not None:
                return module
            case "handle" | "module":
                return handles.make(self, data)
        raise ValueError("unknown kind of value")

    def _keep_same(self, number: int, value: Any) -> Any:
        """One object there is one object here."""
        if number in self._same and type(self._same[number]) is type(value):
            handles.update_in_place(self._same[number], value)
        else:
            self._same[number] = value
            self._numbers[id(value)] = number
        return self._same[number]

    def _error_type(self, names: tuple[str, ...]) -> type[BaseException]:
        found = getattr(builtins, names[0], None)
        if len(names) == 1 or (isinstance(found, type) and issubclass(found, BaseException)):
            valid = isinstance(found, type) and issubclass(found, BaseException)
            return found if valid else RuntimeError  # type: ignore[return-value]
        if names not in self._errors:
            base = self._error_type(names[1:])
            self._errors[names] = type(names[0], (base,), {"__module__": "submission"})
        return self._errors[names]


def import_for(names: dict[str, str]) -> dict[str, types.ModuleType]:
    """The modules that the chapter's code has imported, by the names it gave them, as far as they exist."""
    found = {name: import_named(module) for name, module in names.items()}
    return {name: module for name, module in found.items() if module is not None}


def import_named(name: str) -> types.ModuleType | None:
    """The real module: one that a submission has patched, or made up, is none."""
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit):  # a submission may name any, also one that ends Python
        return None


def _make(kind: type[BaseException], arguments: list[Any], message: str) -> BaseException:
    try:
        return kind(*arguments)
    except Exception:
        made = kind.__new__(kind)
        made.args = (message,)
        return made


def _bare(data: Json) -> Json:
    """Without what may differ where values are equal."""
    if isinstance(data, list):
        return [_bare(item) for item in data]
    if isinstance(data, dict):
        return {key: _bare(value) for key, value in data.items() if key not in _DETAILS}
    return data
