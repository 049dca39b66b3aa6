"""Python as cells have it: magics, shell commands and top-level await are understood."""

import ast
import threading
import warnings

from IPython.core.inputtransformer2 import TransformerManager

_quiet = threading.Lock()
"""`catch_warnings` is not made for threads, and chapters are proved side by side."""


def parse_cell(source: str) -> ast.Module | None:
    """The syntax tree of a cell, None when it is not valid."""
    return None if syntax_error(source) else _parse(source)


def syntax_error(source: str) -> str:
    """What is wrong with a cell and where, in a few words; empty when nothing is."""
    try:
        _parse(source)
    except SyntaxError as error:
        text = (error.text or "").strip()
        return error.msg + (f" at “{text}”" if text else "")
    except ValueError as error:
        return str(error)
    return ""


def contained(source: str) -> str:
    """The same code, which may raise without stopping what follows: for cells that are meant to raise."""
    tree = parse_cell(source)
    if tree is None or not tree.body:
        return ""
    handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
    tree.body = [ast.Try(tree.body, [handler], [], [])]
    return ast.unparse(ast.fix_missing_locations(tree))


def _parse(source: str) -> ast.Module:
    if "\0" in source:  # the tokenizer of Python 3.12 leaves an exception behind that surfaces anywhere
        raise ValueError("source code string cannot contain null bytes")
    transformed = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call] # IPython has no types
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a doubtful escape is the author's to see when the cell runs
        tree = compile(transformed, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert isinstance(tree, ast.Module)
    return tree
