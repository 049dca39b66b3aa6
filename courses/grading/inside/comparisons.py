"""Running a test's statement, and saying what an assertion without a message has compared."""

import ast
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

from courses.grading.inside.sentences import GAVE, IS

_LONGEST_VALUE = 200
_OPERATORS: dict[type[ast.cmpop], tuple[Callable[[Any, Any], Any], str]] = {
    ast.Eq: (operator.eq, "=="),
    ast.NotEq: (operator.ne, "!="),
    ast.Lt: (operator.lt, "<"),
    ast.LtE: (operator.le, "<="),
    ast.Gt: (operator.gt, ">"),
    ast.GtE: (operator.ge, ">="),
    ast.Is: (operator.is_, "=="),
    ast.IsNot: (operator.is_not, "!="),
    ast.In: (lambda a, b: a in b, "in"),
    ast.NotIn: (lambda a, b: a not in b, "not in"),
}
"""How each compares, and the sentence that says so."""


class Failure(NamedTuple):
    """`message` is the author's, `explanation` says what was compared with what."""

    message: str
    explanation: str


def check(statement: ast.stmt, names: dict[str, Any], filename: str) -> Failure | None:
    """Run a statement. An assertion that does not hold is a Failure; other errors are raised."""
    if isinstance(statement, ast.Assert):
        return _check_assertion(statement, names, filename)
    try:
        code = compile(ast.Module([statement], []), filename, "exec", dont_inherit=True)
        exec(code, names)  # noqa: S102 - the author's tests
    except AssertionError as error:
        if hasattr(error, "submission"):
            raise
        return Failure(str(error), "")
    return None


def _check_assertion(statement: ast.Assert, names: dict[str, Any], filename: str) -> Failure | None:
    def value(node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), filename, "eval", dont_inherit=True), names)  # noqa: S307

    explanation = _test(statement.test, value)
    if explanation is None:
        return None
    return Failure(str(value(statement.msg)) if statement.msg else "", explanation)


def _test(test: ast.expr, value: Callable[[ast.expr], Any]) -> str | None:
    """None when it holds, else what was found. Each side is evaluated once."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        found = value(test)
        return None if found else _say("holds", test, found)
    left, right = test.left, test.comparators[0]
    got, wanted = value(left), value(right)
    compare, saying = _OPERATORS[type(test.ops[0])]
    if compare(got, wanted):
        return None
    if isinstance(left, ast.Constant) and isinstance(test.ops[0], ast.Eq | ast.Is):
        left, got, wanted = right, wanted, got
    return _say(saying, left, got, wanted)


def _say(saying: str, test: ast.expr, got: object, wanted: object = None) -> str:
    said = GAVE if isinstance(test, ast.Call) else IS
    return said[saying].format(test=ast.unparse(test), got=_show(got), wanted=_show(wanted))


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
