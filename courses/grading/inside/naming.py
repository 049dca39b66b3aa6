"""What may be told of a hidden test besides its author's words: names and lines that stand in the source.

What a submission calls its classes, and where it says that it is, it can make up while the test runs: it
would say the hidden values that way.
"""

import ast
import builtins
import types
from collections.abc import Iterable

_BUILTIN = frozenset(
    kind.__name__
    for kind in (
        *vars(builtins).values(),
        *vars(types).values(),
        *map(type, ({}.keys(), {}.values(), {}.items())),
    )
    if isinstance(kind, type)
)


class Vocabulary:
    """Of one submission."""

    def __init__(self, source: str, tree: ast.AST) -> None:
        self._classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        self._lines = len(source.splitlines())

    def name(self, claimed: Iterable[object]) -> str:
        """The first that is builtin or a class of the source; empty when none is."""
        known = (name for name in claimed if isinstance(name, str) and self._knows(name))
        return next(known, "")

    def line(self, claimed: object) -> int:
        """0 when there is no such line."""
        return claimed if type(claimed) is int and 0 < claimed <= self._lines else 0

    def _knows(self, name: str) -> bool:
        return name in _BUILTIN or name in self._classes
