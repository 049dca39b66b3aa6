"""Tests, statement by statement: each that asserts something becomes a result with words for a learner.

Of a hidden test the author's message is told, never its text, its values or what the submission said.
"""

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

from courses.grading.inside import comparisons, notebook_shell, sentences
from courses.grading.inside.answers import Ended
from courses.grading.inside.misfits import Misfit, describe
from courses.grading.inside.naming import Vocabulary
from courses.grading.inside.subject import Subject
from courses.grading.inside.tracebacks import message_of

_FILE = "<tests>"
_LONGEST = 1000


class Result(NamedTuple):
    """`told` is what the server hears. `error` is what stopped the test, if it was no assertion.

    `advice` is for the author, of a test that met what it cannot use.
    """

    label: str
    passed: bool
    message: str = ""
    hidden: bool = False
    error: BaseException | None = None
    advice: str = ""

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
        except Ended:
            raise
        except Misfit as misfit:
            return self._unusable(statement, author, misfit, subject.vocabulary)
        except BaseException as error:  # of whatever kind: a submission may raise it
            return self._stopped(statement, author, error, subject.vocabulary)
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

    def _unusable(self, statement: ast.stmt, author: str, misfit: Misfit, vocabulary: Vocabulary) -> Result:
        """What the submission gave cannot be tested; of a hidden test no more is told than its kind."""
        label = self._hidden_label(author) if self.hidden else author or self._line(statement)
        message = "" if self.hidden else misfit.told or sentences.UNUSABLE
        if misfit.kind:
            message = describe(vocabulary.name([misfit.kind]))
        return Result(label, False, message, self.hidden, misfit, f"{self._line(statement)}: {misfit}")

    def _stopped(
        self, statement: ast.stmt, author: str, error: BaseException, vocabulary: Vocabulary
    ) -> Result:
        """The submission raised, or the test could not do with it what it wanted."""
        answer = getattr(error, "submission", None)
        if self.hidden:
            message = _place(answer["exc"], vocabulary) if answer else ""
            return Result(self._hidden_label(author), False, message, hidden=True, error=error)
        if isinstance(error, NameError) and not answer:
            message = sentences.NO_NAME.format(name=error.name)
        else:
            message = f"{type(error).__name__}: {message_of(error)}"
        return Result(author or self._line(statement), False, message, error=error)

    def _hidden_label(self, message: str) -> str:
        return message or sentences.HIDDEN_FAILS

    def _author_message(self, statement: ast.stmt) -> str:
        if isinstance(statement, ast.Assert) and isinstance(statement.msg, ast.Constant):
            return str(statement.msg.value)
        return ""

    def _line(self, statement: ast.stmt) -> str:
        text = ast.get_source_segment(self._source, statement) or ""
        return text.partition("\n")[0] if not isinstance(statement, ast.Assert) else " ".join(text.split())


def _place(raised: dict[str, Any], vocabulary: Vocabulary) -> str:
    name, line = vocabulary.name(raised["bases"]), vocabulary.line(raised["line"])
    if not line:
        return f"{name or 'An error'}."
    return (sentences.ERROR if name else sentences.SOME_ERROR).format(name=name, line=line)


def _asserts(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    return any(isinstance(node, ast.Assert) for node in ast.walk(statement))
