"""One run of a submission, in a process of its own: executes it, then answers what the tests ask.

Nothing here is secret or can be trusted: the learner's code shares the process. Answers are values and
handles; the verdict is made elsewhere.
"""

import ast
import os
from numbers import Integral, Real
from typing import Any, NoReturn

from courses.grading.inside import figures, notebook_shell
from courses.grading.inside.exchange import Exchange, lineage
from courses.grading.inside.frames import Channel
from courses.grading.inside.operations import OPERATIONS
from courses.grading.inside.parameters import without_literals
from courses.grading.inside.streams import Output
from courses.grading.inside.tracebacks import YOUR_CODE, message_of, own_line, own_traceback
from courses.grading.inside.wire import Json

_MOST_ARGUMENTS = 10


class Run:
    """Answers one frame with one frame. `output` is set before `start`."""

    output: Output

    def __init__(self, channel: Channel, number: int, namespace: dict[str, Any]) -> None:
        self.channel, self.number, self.namespace = channel, number, namespace
        self._owing = True
        self._source = ""
        self.exchange = Exchange(channel, number, self._respond)

    def start(self, source: str, names: Json) -> None:
        """Run the submission with `names` set first, and answer how that went."""
        self._source = source
        try:
            given = {name: self.exchange.decode(value) for name, value in names.items()}
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
            self._answer(self._respond(message))

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

    def _respond(self, message: dict[str, Any]) -> Json:
        try:
            return self._perform(message)
        except BaseException as error:
            return {"exc": self._describe(error), "traceback": own_traceback(error, self._source)}

    def _perform(self, message: dict[str, Any]) -> Json:
        match message["op"]:
            case "name" if message["name"] not in self.namespace:
                return {"missing": True}
            case "name":
                value = self.exchange.encode(self.namespace[message["name"]])
            case "printed":
                value = self.output.text()
            case "figures":
                value = self.exchange.encode(figures.describe_figures())
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
        arguments = [self.exchange.decode_argument(a) for a in message["args"]]
        named = {name: self.exchange.decode_argument(a) for name, a in message["kwargs"].items()}
        result = operation(self.exchange.handle(message["on"]), *arguments, **named)
        by_place = zip(range(len(arguments)), message["args"], arguments, strict=True)
        by_name = zip(named, message["kwargs"].values(), named.values(), strict=True)
        return {
            "value": self.exchange.encode(result),
            "changed": self.exchange.changes(by_place),
            "changed_named": self.exchange.changes(by_name),
        }

    def _describe(self, error: BaseException) -> Json:
        return {
            "bases": lineage(type(error)),
            "message": message_of(error),
            "args": [self.exchange.encode(argument) for argument in error.args[:_MOST_ARGUMENTS]],
            "attributes": {name: self.exchange.encode(value) for name, value in _attributes(error)},
            "line": own_line(error),
        }


def _attributes(error: BaseException) -> list[tuple[str, object]]:
    """What the submission has set on its exception."""
    given = getattr(error, "__dict__", None)
    named = (
        [(name, value) for name, value in given.items() if type(name) is str] if type(given) is dict else []
    )
    return named[:_MOST_ARGUMENTS]
