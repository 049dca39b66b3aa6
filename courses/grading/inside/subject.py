"""What tests see of a submission: its names, `source`, `printed`, `figures`, `run` and `raises`."""

import ast
import builtins
import contextlib
import itertools
import types
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from courses.grading.inside import answers, notebook_shell
from courses.grading.inside.frames import Channel
from courses.grading.inside.handles import Handle
from courses.grading.inside.misfits import Misfit
from courses.grading.inside.naming import Vocabulary
from courses.grading.inside.remote import Remote
from courses.grading.inside.sentences import WRONG_MODULE
from courses.grading.inside.wire import Json


class Surroundings(NamedTuple):
    """What is the same for all submissions to one exercise.

    `modules` are those that the chapter has imported, `expected` the names of those that a submission has to
    import, both by the names that tests have for them. `most_output` is in characters.
    """

    modules: Mapping[str, types.ModuleType]
    expected: Mapping[str, str]
    most_output: int


class Subject:
    """A submission under examination. `number` is its first run's; further runs count on from there."""

    def __init__(self, channel: Channel, source: str, number: int, around: Surroundings) -> None:
        self.source = source
        self.main = Remote(channel, number)
        self.names = _Names(self, around)
        self.vocabulary = Vocabulary(source, self.names["source"].tree)
        self._channel, self._most_output = channel, around.most_output
        self._numbers = itertools.count(number + 1)
        self._own_output = 0
        self._skipped_output = 0
        self._dropped: list[int] = []

    def start(self) -> Json:
        """Run the submission; the raw answer says how that went."""
        answer = self.main.start(self.source, "", {}, [])
        self._own_output = self._skipped_output = len(self._everything())
        return answer

    def printed(self) -> str:
        """What it printed by itself, and what functions have printed since the part of tests began."""
        everything = self._everything()
        return everything[: self._own_output] + everything[self._skipped_output :]

    def begin_part(self) -> None:
        """A part of the tests begins: what functions printed for the one before is gone."""
        self._skipped_output = len(self._everything())

    def trace(self) -> str:
        """A digest of everything that the tests have looked at."""
        return self.main.trace.hexdigest()

    def run(self, stdin: str = "", **names: object) -> "RunResult":
        """Run the submission afresh with `names` set first; its error is raised here."""
        if not isinstance(stdin, str):
            kind = type(stdin).__name__
            raise Misfit(f"`run(stdin=...)` takes text, a line for each `input()`, and not a {kind}.")
        remote = Remote(self._channel, next(self._numbers))
        remote.trace = self.main.trace
        dropped, self._dropped = self._dropped, []
        answer = remote.start(self.source, stdin, names, dropped)
        result = RunResult(remote, self._dropped)
        remote.value(answer)
        return result

    def _everything(self) -> str:
        return answers.text(self.main.ask("printed"), self._most_output)


class RunResult:
    """A finished run: its names are attributes, next to `printed` and `figures`."""

    def __init__(self, remote: Remote, dropped: list[int]) -> None:
        self._remote, self._dropped = remote, dropped

    def __getattr__(self, name: str) -> Any:
        if name == "printed":
            return self._remote.ask("printed")
        if name == "figures":
            return figures_of(self._remote)
        try:
            return self._remote.ask("name", name=name)
        except KeyError:
            raise AttributeError(f"The code did not make a name `{name}`.") from None

    def __del__(self) -> None:
        """Nobody can ask this run any more: its process ends when the next one starts."""
        self._dropped.append(self._remote.number)


class _Names(dict[str, Any]):
    """The tests' global names. Those they do not make themselves are asked of the submission each time.

    A builtin stays what it is, whatever the submission calls `abs`: `run().abs` reaches that. A module that
    the solution imports for the tests is that very module: a submission's own `class np` is none.
    """

    def __init__(self, subject: Subject, around: Surroundings) -> None:
        super().__init__(
            __name__="tests",
            run=subject.run,
            raises=raises,
            source=Source(subject.source),
        )
        self.borrowed: dict[str, str] = {}
        """Names that were modules of the submission's, with the modules' own."""
        self._subject, self._around = subject, around

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)
        if name in self._around.modules:
            return self._around.modules[name]
        if name == "printed":
            return self._subject.printed()
        if name == "figures":
            return figures_of(self._subject.main)
        return self._checked(name, self._subject.main.ask("name", name=name))

    def _checked(self, name: str, value: Any) -> Any:
        found = value.__name__ if isinstance(value, types.ModuleType) else ""
        expected = self._around.expected.get(name, found)
        if found != expected:
            told = WRONG_MODULE.format(name=name, expected=expected)
            raise Misfit(f"{told} Or the tests import it themselves.", told=told)
        if found:
            self.borrowed[name] = found
        return value


class Source:
    """`text` as handed in and `tree`, its syntax tree."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse("")
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            self.tree = ast.parse(notebook_shell.to_python(text))

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        raise Misfit("`source` equals nothing. Compare `source.text`, or `ast.dump(source.tree)`.")

    __hash__ = None  # type: ignore[assignment]

    def __contains__(self, text: str) -> bool:
        return text in self.text


@contextlib.contextmanager
def raises(kind: type[BaseException] | tuple[type[BaseException], ...]) -> Iterator[types.SimpleNamespace]:
    """`with raises(ValueError):` fails when nothing of that kind is raised; `.error` is what was."""
    caught = types.SimpleNamespace(error=None)
    try:
        yield caught
    except kind as error:
        caught.error = error
        return
    expected = kind.__name__ if isinstance(kind, type) else " or ".join(k.__name__ for k in kind)
    raise AssertionError(f"{expected} should be raised here, and nothing was.")


def figures_of(run: Remote) -> Any:
    """What `figures` describes, as objects."""
    described = run.ask("figures")
    if isinstance(described, Handle):
        raise Misfit("The figures hold more data than tests can be given. Draw less of it.")
    return records(described)


def records(value: Any) -> Any:
    """Dictionaries as objects with attributes, all the way down."""
    if isinstance(value, list):
        return [records(item) for item in value]
    if isinstance(value, dict):
        return types.SimpleNamespace(**{key: records(item) for key, item in value.items()})
    return value
