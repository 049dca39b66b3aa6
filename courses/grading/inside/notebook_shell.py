"""Cells as a notebook runs them, without a notebook: magics, `!commands` and top-level `await`.

IPython's own input transformer rewrites what plain Python cannot read. It is imported without its
package, whose import takes longer than most submissions.
"""

import ast
import builtins
import sys
import types
from typing import Any

_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_COROUTINE = 0x80
_RUNS_ITS_BODY = {"time", "timeit", "capture", "prun"}


def to_python(source: str) -> str:
    """Plain Python for a cell. A cell that is plain already is left alone, and so is a broken one."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return _transform(source)
    return source


def run_python(source: str, filename: str, namespace: dict[str, Any], tree: ast.Module | None = None) -> None:
    """Run transformed source in `namespace`. Tracebacks name `filename`."""
    code = compile(tree or source, filename, "exec", _FLAGS, dont_inherit=True)
    if code.co_flags & _COROUTINE:
        import asyncio  # noqa: PLC0415 - slow to import, as are the others below, and seldom needed

        asyncio.run(eval(code, namespace))  # noqa: S307 - running what a learner wrote is the point
    else:
        exec(code, namespace)  # noqa: S102 - as above


def install(namespace: dict[str, Any]) -> None:
    """Give `namespace` and its modules the names that every notebook has."""
    shell = NotebookShell(namespace)
    for name, value in (("get_ipython", lambda: shell), ("display", _display), ("input", read_line)):
        setattr(builtins, name, value)


class InputWanted(EOFError):
    """`input()` with no line left."""


def read_line(prompt: object = "", /) -> str:
    """As `input` in a notebook: the question is not part of what is printed."""
    line = sys.stdin.readline()
    if not line:
        raise InputWanted("there is no more input to read")
    return line.rstrip("\n")


class NotebookShell:
    """What transformed cells call. Magics without a meaning here do nothing."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.user_ns = namespace

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> None:
        if name in _RUNS_ITS_BODY:
            self._run(line)

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        if name in _RUNS_ITS_BODY:
            self._run(cell)
        elif name == "writefile":
            from pathlib import Path  # noqa: PLC0415

            Path(line.rsplit(maxsplit=1)[-1]).write_text(cell)
        elif name in ("bash", "sh"):
            self.system(cell)

    def system(self, command: str) -> None:
        import subprocess  # noqa: PLC0415

        sys.stdout.flush()
        subprocess.run(command, shell=True, check=False)  # noqa: S602 - a notebook's `!command`

    def getoutput(self, command: str) -> list[str]:
        import subprocess  # noqa: PLC0415

        done = subprocess.run(command, shell=True, check=False, capture_output=True, text=True)  # noqa: S602
        return done.stdout.splitlines()

    def _run(self, source: str) -> None:
        run_python(to_python(source), "<magic>", self.user_ns)


def _display(*_values: object, **_options: object) -> None:
    """A notebook's `display`: rich output is nobody's here."""


def _transform(source: str) -> str:
    manager = _transformer_module().TransformerManager()
    transformed = manager.transform_cell(source)
    return source if transformed.strip() == source.strip() else str(transformed)


def _transformer_module() -> Any:
    """IPython.core.inputtransformer2 without IPython: its packages stand in as empty ones meanwhile."""
    import importlib.util  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    if "IPython" in sys.modules:
        return importlib.import_module("IPython.core.inputtransformer2")
    found = importlib.util.find_spec("IPython")
    folder = Path(str(found.origin)).parent if found else Path()
    stand_ins = {"IPython": folder, "IPython.core": folder / "core", "IPython.utils": folder / "utils"}
    for name, path in stand_ins.items():
        module = types.ModuleType(name)
        module.__path__ = [str(path)]
        sys.modules[name] = module
    try:
        return importlib.import_module("IPython.core.inputtransformer2")
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "IPython"]:
            del sys.modules[name]
