"""Stand-ins, in the tests, for objects that stay on the submission's side."""

from typing import TYPE_CHECKING, Any

from courses.grading.inside.misfits import Misfit
from courses.grading.inside.operations import BINARY, ORDER, UNARY

if TYPE_CHECKING:
    from courses.grading.inside.remote import Remote

_OWNERS: dict[int, tuple["Remote", int, object]] = {}


class Handle:
    """Calls, attributes and items are answered by the submission. Never equal to anything.

    Operators are for two objects of the submission's: the sum with a number of the tests, or whether it is
    less than that, the submission would answer as it likes.
    """

    def __init__(self, remote: "Remote", number: int, kind: str) -> None:
        object.__setattr__(self, "_handle", (remote, number, kind))

    def _do(self, operation: str, *arguments: Any, **named: Any) -> Any:
        remote, number, _ = object.__getattribute__(self, "_handle")
        return remote.operate(operation, number, *arguments, **named)

    def __getattr__(self, name: str) -> Any:
        return self._do("getattr", name)

    def __setattr__(self, name: str, value: object) -> None:
        self._do("setattr", name, value)

    def __delattr__(self, name: str) -> None:
        self._do("delattr", name)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        raise self._misfit("compared with `==`, for it decides itself what it equals")

    def _misfit(self, use: str) -> Misfit:
        """The trace tells kinds apart here, so that a foreseen mistake that gives one is recognised."""
        remote, _, kind = object.__getattribute__(self, "_handle")
        remote.trace.update(kind.encode("utf-8", "replace"))
        return Misfit(
            f"A {kind} of the submission cannot be {use}. "
            "Compare plain values: an attribute, a method's result, list(...), str(...).",
            kind=kind,
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return int(self._do("hash"))

    def __iter__(self) -> Any:
        return self._do("iter")

    def __next__(self) -> Any:
        return self._do("next")

    def __len__(self) -> int:
        return int(self._do("len"))

    def __bool__(self) -> bool:
        return bool(self._do("bool"))

    def __int__(self) -> int:
        return int(self._do("int"))

    def __float__(self) -> float:
        return float(self._do("float"))

    def __index__(self) -> int:
        return int(self._do("index"))

    def __round__(self, *digits: int) -> Any:
        return self._do("round", *digits)

    def __reversed__(self) -> Any:
        return self._do("reversed")

    def __format__(self, specification: str) -> str:
        return str(self._do("format", specification))

    def __str__(self) -> str:
        return str(self._do("str"))

    def __repr__(self) -> str:
        return str(self._do("repr"))

    def __dir__(self) -> list[str]:
        return list(self._do("dir"))

    def __getitem__(self, key: object) -> Any:
        return self._do("getitem", key)

    def __setitem__(self, key: object, value: object) -> None:
        self._do("setitem", key, value)

    def __delitem__(self, key: object) -> None:
        self._do("delitem", key)

    def __instancecheck__(self, instance: object) -> bool:
        return bool(self._do("isinstance", instance))

    def __subclasscheck__(self, subclass: type) -> bool:
        return bool(self._do("issubclass", subclass))

    def __enter__(self) -> Any:
        return self._do("enter")

    def __exit__(self, *error: object) -> None:
        self._do("exit")


def _operator(operation: str) -> Any:
    def answer(self: Handle, *others: object) -> Any:
        if not all(isinstance(other, Handle) for other in others):
            raise self._misfit("ordered, reckoned with or looked into together with a value of the tests")
        return self._do(operation, *others)

    return answer


for _name in (*BINARY, *ORDER, *UNARY, "divmod", "rdivmod", "contains", *(f"r{name}" for name in BINARY)):
    setattr(Handle, f"__{_name}__", _operator(_name))


class CallableHandle(Handle):
    """A function, a method or a class."""

    def __call__(self, *arguments: object, **named: object) -> Any:
        return self._do("call", *arguments, **named)


def make(remote: "Remote", data: dict[str, Any]) -> Handle:
    """A handle as the submission described it."""
    if not data.get("callable"):
        return Handle(remote, data["id"], str(data.get("type", "module")))
    handle = CallableHandle(remote, data["id"], str(data["type"]))
    object.__setattr__(handle, "__name__", data["name"])
    object.__setattr__(handle, "__doc__", data["doc"])
    return handle


def owned(value: Any, remote: "Remote", number: int) -> Any:
    """Remember where something that is no Handle came from (and keep it, so that its id stays its own)."""
    _OWNERS[id(value)] = remote, number, value
    return value


def owner_of(value: object) -> tuple["Remote", int] | None:
    if type(value) in (Handle, CallableHandle):
        remote, number, _ = object.__getattribute__(value, "_handle")
        return remote, number
    found = _OWNERS.get(id(value))
    return (found[0], found[1]) if found and found[2] is value else None


def update_in_place(mine: Any, value: Any) -> None:
    """Make a container of the tests equal to what the submission made of it."""
    match type(mine).__name__:
        case "list" | "bytearray":
            mine[:] = value
        case "dict" | "set" | "OrderedDict" | "Counter" | "defaultdict":
            mine.clear()
            mine.update(value)
        case "deque":
            mine.clear()
            mine.extend(value)
        case "tuple":
            for part, now in zip(mine, value, strict=True):
                update_in_place(part, now)
        case "ndarray":
            mine[...] = value
        case "DataFrame" | "Series":
            mine._update_inplace(value)
