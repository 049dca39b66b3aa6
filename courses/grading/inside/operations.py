"""What tests may do with an object that stays on the submission's side."""

import operator
from collections.abc import Callable
from typing import Any

BINARY = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"),
    *("and", "or", "xor", "lshift", "rshift"),
)
ORDER = ("lt", "le", "gt", "ge")
UNARY = ("neg", "pos", "abs", "invert")


def _become(mine: Any, value: Any) -> None:
    """Give a container the content of another, in place."""
    if isinstance(mine, list | bytearray):
        mine[:] = value
    else:
        mine.clear()
        mine.update(value)


def _call(function: Any, *arguments: Any, **named: Any) -> Any:
    return function(*arguments, **named)


def _swapped(do: Callable[..., Any]) -> Callable[..., Any]:
    return lambda mine, other: do(other, mine)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": _call,
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "hasattr": hasattr,
    "getitem": operator.getitem,
    "setitem": operator.setitem,
    "delitem": operator.delitem,
    "contains": operator.contains,
    "len": len,
    "iter": iter,
    "next": next,
    "str": str,
    "repr": repr,
    "bool": bool,
    "int": int,
    "float": float,
    "index": operator.index,
    "round": round,
    "divmod": divmod,
    "rdivmod": _swapped(divmod),
    "reversed": reversed,
    "format": format,
    "hash": hash,
    "dir": dir,
    "isinstance": lambda kind, value: isinstance(value, kind),
    "issubclass": lambda kind, value: issubclass(value, kind),
    "enter": lambda manager: manager.__enter__(),
    "exit": lambda manager, *_: manager.__exit__(None, None, None),
    "become": _become,
    **{name: getattr(operator, f"__{name}__") for name in (*BINARY, *ORDER, *UNARY)},
    **{f"r{name}": _swapped(getattr(operator, f"__{name}__")) for name in BINARY},
}
