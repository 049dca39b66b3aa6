"""Running a test's statement, and saying what an assertion without a message has compared."""

import ast
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

_LONGEST_VALUE = 200
_OPERATORS: dict[type[ast.cmpop], tuple[Callable[[Any, Any], Any], str]] = {
    ast.Eq: (operator.eq, "but {right} was expected"),
    ast.NotEq: (operator.ne, "and it should be anything else"),
    ast.Lt: (operator.lt, "but it should be less than {right}"),
    ast.LtE: (operator.le, "but it should be at most {right}"),
    ast.Gt: (operator.gt, "but it should be more than {right}"),
    ast.GtE: (operator.ge, "but it should be at least {right}"),
    ast.Is: (operator.is_, "but {right} was expected"),
    ast.IsNot: (operator.is_not, "and it should be anything else"),
    ast.In: (lambda a, b: a in b, "which is not in {right}"),
    ast.NotIn: (lambda a, b: a not in b, "which should not be in {right}"),
}


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
        return None if found else f"{_ask(test)} {_show(found)}, which does not hold."
    left, right = test.left, test.comparators[0]
    got, wanted = value(left), value(right)
    compare, words = _OPERATORS[type(test.ops[0])]
    if compare(got, wanted):
        return None
    if isinstance(left, ast.Constant) and isinstance(test.ops[0], ast.Eq | ast.Is):
        left, got, wanted = right, wanted, got
    return f"{_ask(left)} {_show(got)}, {words.format(right=_show(wanted))}."


def _ask(node: ast.expr) -> str:
    verb = "gave" if isinstance(node, ast.Call) else "is"
    return f"`{ast.unparse(node)}` {verb}"


def _show(value: object) -> str:
    text = repr(value)
    return f"`{text}`" if len(text) <= _LONGEST_VALUE else f"`{text[:_LONGEST_VALUE]}…`"
