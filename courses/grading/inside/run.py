"""One run of a submission, in a process of its own: executes it, then answers what the tests ask.

Nothing here is secret or can be trusted: the learner's code shares the process. Answers are values and
handles; the verdict is made elsewhere.
"""

import ast
import os
import types
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any, NoReturn

from courses.grading.inside import figures, notebook_shell
from courses.grading.inside.frames import Channel
from courses.grading.inside.operations import OPERATIONS
from courses.grading.inside.parameters import without_literals
from courses.grading.inside.streams import Output
from courses.grading.inside.tracebacks import YOUR_CODE, message_of, own_line, own_traceback
from courses.grading.inside.wire import Decoder, Encoder, Json, TooLarge

_MUTABLE = (list, dict, set, bytearray)
_TABLES = ("DataFrame", "Series", "ndarray")


class Run:
    """Answers one frame with one frame. `output` is set before `start`."""

    output: Output

    def __init__(self, channel: Channel, number: int, namespace: dict[str, Any]) -> None:
        self.channel, self.number, self.namespace = channel, number, namespace
        self._owing = True
        self._source = ""
        self._handles: dict[int, object] = {}
        self._known: dict[int, int] = {}
        self._decoder = Decoder(self._decode_other)

    def start(self, source: str, names: Json) -> None:
        """Run the submission with `names` set first, and answer how that went."""
        self._source = source
        try:
            given = {name: self._decoder.decode(value) for name, value in names.items()}
            plain = notebook_shell.to_python(source)
            tree = without_literals(ast.parse(plain, YOUR_CODE), set(given))
            self.namespace.update(given)
            notebook_shell.run_python(plain, YOUR_CODE, self.namespace, tree)
        except notebook_shell.InputWanted as error:
            self._answer({"exc": self._describe(error), "waits": True})
        except BaseException as error:
            trace = own_traceback(error, source)
            self._answer({"exc": self._describe(error), "traceback": trace})
        else:
            self._answer({"value": None})

    def serve(self) -> None:
        while True:
            try:
                _, message = self.channel.receive()
            except EOFError:
                return
            self._owing = True
            try:
                answer = self._perform(message)
            except BaseException as error:
                answer = {"exc": self._describe(error), "traceback": own_traceback(error, self._source)}
            self._answer(answer)

    def overflow(self) -> NoReturn:
        """Called while something is being printed: too much."""
        self._answer({"limit": "output"})
        os._exit(0)

    def _answer(self, message: Json) -> None:
        if not self._owing:
            return
        if self.output.overflowed:
            message = {"limit": "output"}
        self._owing = False
        self.channel.send(self.number, message)

    def _perform(self, message: dict[str, Any]) -> Json:
        match message["op"]:
            case "name" if message["name"] not in self.namespace:
                return {"missing": True}
            case "name":
                value = self._encode(self.namespace[message["name"]])
            case "printed":
                value = self.output.text()
            case "figures":
                value = self._encode(figures.describe_figures())
            case "evaluate":
                value = self._evaluate(message["expression"])
            case operation:
                return self._operate(OPERATIONS[operation], message)
        return {"value": value}

    def _evaluate(self, expression: str) -> int | float | str:
        """An author's expression as a plain number or text."""
        value = eval(compile(expression.strip(), "expression", "eval"), self.namespace)  # noqa: S307
        if isinstance(value, Real):
            return int(value) if isinstance(value, Integral) else float(value)
        return str(value)

    def _operate(self, operation: Any, message: dict[str, Any]) -> Json:
        arguments = [self._decode_argument(a) for a in message["args"]]
        named = {name: self._decode_argument(a) for name, a in message["kwargs"].items()}
        result = operation(self._handles[message["on"]], *arguments, **named)
        return {
            "value": self._encode(result),
            "changed": self._changes(zip(range(len(arguments)), message["args"], arguments, strict=True)),
            "changed_named": self._changes(
                zip(named, message["kwargs"].values(), named.values(), strict=True)
            ),
        }

    def _changes(self, arguments: Iterable[tuple[Any, Json, object]]) -> list[Any]:
        """Of (place, as sent, now), the arguments that are no longer what they were: [place, new value]."""
        changed = []
        for place, sent, value in arguments:
            if isinstance(value, _MUTABLE) or type(value).__name__ in _TABLES:
                now = self._encode(value, by_name=False)
                if now != {key: part for key, part in sent.items() if key != "ref"}:
                    changed.append([place, now])
        return changed

    def _encode(self, value: object, *, by_name: bool = True) -> Json:
        """Values by their type; those that can change carry a reference, so that they stay the same one."""
        try:
            data = Encoder(self._encode_other).encode(value)
        except TooLarge:
            return self._encode_other(value)
        if by_name and type(value) in _MUTABLE:
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
            return {"t": "exception", "id": self._number(value), "bases": _lineage(value)}
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

    def _decode_argument(self, data: Json) -> Any:
        """A value that came from here is the very same one, brought up to date."""
        value = self._decoder.decode(data)
        number = data.get("ref") if isinstance(data, dict) else None
        if number is None:
            return value
        mine = self._handles[number]
        if self._encode(mine, by_name=False) != self._encode(value, by_name=False):
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
                    "args": [self._encode(a) for a in arguments],
                    "kwargs": {name: self._encode(a) for name, a in named.items()},
                },
            )
            _, answer = self.channel.receive()
            if "raise" in answer:
                raise RuntimeError(f"the function that was passed in raised {answer['raise']}")
            return self._decoder.decode(answer["value"])

        function._stepwise_callback = number  # type: ignore[attr-defined]
        return function

    def _describe(self, error: BaseException) -> Json:
        arguments = [
            a if type(a) in (str, int, float, bool) or a is None else repr(type(a)) for a in error.args
        ]
        return {
            "bases": _lineage(type(error)),
            "message": message_of(error),
            "args": arguments[:10],
            "line": own_line(error),
        }


def _lineage(kind: type) -> list[str]:
    """Names of an exception's classes down to the first builtin one."""
    names = []
    for base in kind.__mro__:
        names.append(base.__name__)
        if base.__module__ == "builtins":
            break
    return names
