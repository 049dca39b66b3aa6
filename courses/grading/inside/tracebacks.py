"""Errors as a learner should see them: their own lines, numbered as in their own cell."""

import traceback
from types import TracebackType

from courses.grading.inside.sentences import IN_CODE, IN_FUNCTION

YOUR_CODE = "your code"
_MOST_FRAMES = 8
_LONGEST_MESSAGE = 2000


def own_traceback(error: BaseException, source: str) -> str:
    """Only frames of the cell, each with its line; for broken syntax the place in the cell."""
    lines = source.splitlines()
    if isinstance(error, SyntaxError) and error.filename == YOUR_CODE:
        return "".join(_syntax(error, lines)) + _what(error)
    places = _places(error.__traceback__)
    if len(places) > _MOST_FRAMES:
        places = [*places[: _MOST_FRAMES // 2], ("…", 0), *places[-_MOST_FRAMES // 2 :]]
    return "".join(_frame(name, line, lines) for name, line in places) + _what(error)


def own_line(error: BaseException) -> int:
    """The innermost line of the cell that took part, 0 when none did."""
    if isinstance(error, SyntaxError) and error.filename == YOUR_CODE:
        return error.lineno or 0
    places = _places(error.__traceback__)
    return places[-1][1] if places else 0


def message_of(error: BaseException) -> str:
    try:
        return str(error)[:_LONGEST_MESSAGE]
    except BaseException:
        return ""


def _places(trace: TracebackType | None) -> list[tuple[str, int]]:
    frames = traceback.walk_tb(trace)
    return [(f.f_code.co_name, line) for f, line in frames if f.f_code.co_filename == YOUR_CODE]


def _frame(name: str, line: int, lines: list[str]) -> str:
    if not line:
        return "  …\n"
    place = IN_CODE if name == "<module>" else IN_FUNCTION
    text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return f"{place.format(line=line, name=name)}\n    {text}\n"


def _syntax(error: SyntaxError, lines: list[str]) -> list[str]:
    line = error.lineno or 0
    shown = [f"{IN_CODE.format(line=line)}\n"]
    if 0 < line <= len(lines):
        text = lines[line - 1]
        shown.append(f"    {text}\n")
        if error.offset:
            shown.append(" " * (3 + error.offset) + "^\n")
    return shown


def _what(error: BaseException) -> str:
    message = str(error.msg) if isinstance(error, SyntaxError) else message_of(error)
    if isinstance(error, KeyError) and len(error.args) == 1:
        message = repr(error.args[0])[:_LONGEST_MESSAGE]
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
