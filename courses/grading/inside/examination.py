"""Tests, statement by statement: each that asserts something becomes a result with words for a learner.

Of a hidden test the author's message is told, never its text, its values or what the submission said.
"""

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

from courses.grading.inside import comparisons, notebook_shell
from courses.grading.inside.remote import AuthorError
from courses.grading.inside.subject import Subject
from courses.grading.inside.tracebacks import message_of

_FILE = "<tests>"
_LONGEST = 1000
_HIDDEN = "A hidden test does not pass yet."


class Result(NamedTuple):
    """`told` is what the server hears. `error` is what stopped the test, if it was no assertion."""

    label: str
    passed: bool
    message: str = ""
    hidden: bool = False
    error: BaseException | None = None

    def told(self) -> dict[str, Any]:
        return {
            "label": self.label[:_LONGEST],
            "passed": self.passed,
            "message": self.message[:_LONGEST],
            "hidden": self.hidden,
        }


class Examination:
    """One of the two parts of the tests. `broken` says what is wrong with its text."""

    def __init__(self, source: str, *, hidden: bool) -> None:
        self.hidden = hidden
        self.broken = ""
        self._source = notebook_shell.to_python(source)
        try:
            self._statements = ast.parse(self._source, _FILE).body
        except (SyntaxError, ValueError) as error:
            self._statements = []
            part = "hidden tests" if hidden else "tests"
            self.broken = f"The {part} are not valid Python: {error}"

    def run(self, subject: Subject) -> Iterator[Result]:
        """Every assertion by itself; the first other statement that fails is the last one run."""
        for statement in self._statements:
            result = self._run_one(statement, subject)
            if result is not None:
                yield result
                if not result.passed and not isinstance(statement, ast.Assert):
                    return

    def _run_one(self, statement: ast.stmt, subject: Subject) -> Result | None:
        author = self._author_message(statement)
        try:
            said = comparisons.check(statement, subject.names, _FILE)
        except AuthorError as error:
            raise AuthorError(f"{self._line(statement)}: {error}") from None
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            return self._stopped(statement, author, error)
        if said is not None:
            return self._failed(statement, author, said)
        if not _asserts(statement):
            return None
        label = (self._hidden_label("") if self.hidden else author) or self._line(statement)
        return Result("A hidden test." if self.hidden else label, True, hidden=self.hidden)

    def _failed(self, statement: ast.stmt, author: str, said: comparisons.Failure) -> Result:
        message = said.message or author
        if self.hidden:
            return Result(self._hidden_label(message), False, hidden=True)
        return Result(message or self._line(statement), False, said.explanation)

    def _stopped(self, statement: ast.stmt, author: str, error: BaseException) -> Result:
        """The submission raised, or the test could not do with it what it wanted."""
        answer = getattr(error, "submission", None)
        if self.hidden:
            message = _place(error, answer) if answer else ""
            return Result(self._hidden_label(author), False, message, hidden=True, error=error)
        if isinstance(error, NameError) and not answer:
            message = f"Your code did not make the name `{error.name}`."
        else:
            message = f"{type(error).__name__}: {message_of(error)}"
        return Result(author or self._line(statement), False, message, error=error)

    def _hidden_label(self, message: str) -> str:
        return message or _HIDDEN

    def _author_message(self, statement: ast.stmt) -> str:
        if isinstance(statement, ast.Assert) and isinstance(statement.msg, ast.Constant):
            return str(statement.msg.value)
        return ""

    def _line(self, statement: ast.stmt) -> str:
        text = ast.get_source_segment(self._source, statement) or ""
        return text.partition("\n")[0] if not isinstance(statement, ast.Assert) else " ".join(text.split())


def _place(error: BaseException, answer: dict[str, Any]) -> str:
    line = answer["exc"]["line"]
    return f"{type(error).__name__} in line {line} of your code." if line else f"{type(error).__name__}."


def _asserts(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    return any(isinstance(node, ast.Assert) for node in ast.walk(statement))
