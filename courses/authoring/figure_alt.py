"""What a figure shows, in words, when the author wrote none: its title and its axes' labels."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from courses.models.cell_syntax import parse_cell

_TITLES = ("suptitle", "set_title", "title")
_AXES = {"xlabel": "x", "set_xlabel": "x", "ylabel": "y", "set_ylabel": "y"}


def has_figure(outputs: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any of a cell's nbformat outputs is an image."""
    return any(kind.startswith("image/") for output in outputs for kind in output.get("data", {}))


def describe_figure(source: str) -> str:
    """Title and labels as the code sets them, each once; empty when it sets no literal one."""
    tree = parse_cell(source)
    if tree is None:
        return ""
    calls = list(_texts_set(tree))
    titles = [text for name, text in calls if name in _TITLES]
    axes = [f"{_AXES[name]}: {text}" for name, text in calls if name in _AXES]
    return ". ".join(part for part in ("; ".join(_once(titles)), ", ".join(_once(axes))) if part)


def _texts_set(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(method or keyword, text) for each literal text given to a call, in the order of the source."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset, -(node.end_col_offset or 0))):
        if isinstance(call.func, ast.Attribute) and call.args and (text := _literal(call.args[0])):
            yield call.func.attr, text
        for keyword in call.keywords:
            if keyword.arg and (text := _literal(keyword.value)):
                yield keyword.arg, text


def _literal(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))
