import ast

import pytest

from courses.grading.inside.parameters import without_literals


@pytest.mark.parametrize(
    ("source", "given", "left"),
    [
        ("values = [3, 5]\ntotal = 0", {"values"}, "pass\ntotal = 0"),
        ("n = n + 1", {"n"}, "n = n + 1"),
        ("n = int('3')", {"n"}, "n = int('3')"),
        ("print(n)\nn = 3", {"n"}, "print(n)\nn = 3"),
        ("n = 3\nn = 4", {"n"}, "pass\nn = 4"),
        ("if True:\n    n = 3", {"n"}, "if True:\n    n = 3"),
        ("a = b = 3", {"a"}, "a = b = 3"),
        ("n = -1", {"n"}, "pass"),
    ],
)
def test_literals_give_way(source, given, left):
    """Only the first top-level assignment of a literal, to a given name that nothing used yet, goes."""
    assert ast.unparse(without_literals(ast.parse(source), given)) == left


def test_lines_stay():
    """Line numbers do not move."""
    tree = without_literals(ast.parse("n = 1\nm = 2"), {"n"})
    assert [statement.lineno for statement in tree.body] == [1, 2]
