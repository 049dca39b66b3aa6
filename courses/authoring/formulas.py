"""Answers written as `= EXPR`: they stand in for their value until the chapter is proved.

Both are of the type of the value they wait for, so a course can be read, compared and passed on before
anything of it has run. A proved course holds none.
"""

from typing import Self


class NumberFormula(float):
    """Not a number yet: `expression` will say which."""

    expression: str

    def __new__(cls, expression: str) -> Self:
        formula = super().__new__(cls, "nan")
        formula.expression = expression
        return formula

    def __repr__(self) -> str:
        return f"NumberFormula({self.expression!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NumberFormula) and other.expression == self.expression

    def __hash__(self) -> int:
        return hash(self.expression)


class TextFormula(str):
    """The text is the expression itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"TextFormula({str(self)!r})"
