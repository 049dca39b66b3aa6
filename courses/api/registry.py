"""What a route is: data, from which the handlers, the OpenAPI document and the tests are made."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from courses.services.platform import Actor, Platform

_PLACE = re.compile(r"{(\w+)}")
_NAME = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$"
_SLOT = "^[A-Za-z0-9][A-Za-z0-9_.:-]{0,119}$"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    content: bytes


@dataclass(frozen=True)
class Route:
    """One method at one path.

    `use_case` is called as `use_case(platform, actor, **path, **query, body=body)`, in a thread. Its
    result is written as `output`. `replayed`, if any, is the status of a result that says it is one.
    `limited` routes count towards the limit of attempts.
    """

    name: str
    """The operation's id in the document."""
    method: Literal["GET", "POST", "PUT"]
    path: str
    use_case: Callable[..., Any]
    output: Any
    summary: str
    status: int = 200
    replayed: int | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    limited: bool = False

    @property
    def action(self) -> Literal["read", "write"]:
        return "read" if self.method == "GET" else "write"

    @property
    def statuses(self) -> tuple[int, ...]:
        """Of success."""
        return (self.status,) if self.replayed is None else (self.replayed, self.status)

    @property
    def resource(self) -> str:
        """What the address names last."""
        return [part for part in self.path.split("/") if part and not _PLACE.fullmatch(part)][-1]

    @cached_property
    def places(self) -> Mapping[str, str]:
        """The path's parameters, each with the pattern (JavaScript's too) that it has to match."""
        return {name: _SLOT if name == "slot" else _NAME for name in _PLACE.findall(self.path)}

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.output)

    def perform(self, platform: Platform, actor: Actor, given: Mapping[str, Any]) -> Reply:
        """Run the use case and write its result. Raises what the use case raises."""
        result = self.use_case(platform, actor, **given)
        status = self.replayed if self.replayed and result.replayed else self.status
        return Reply(status, self.adapter.dump_json(result))


def url_pattern(path: str) -> str:
    """A route's path as a regular expression; what a place holds is checked later, to say what is wrong."""
    return _PLACE.sub(r"(?P<\1>[^/]+)", path)
