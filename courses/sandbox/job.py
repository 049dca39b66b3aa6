"""What the warm process is asked to fork, as JSON. It holds no secrets: later children inherit it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from courses.sandbox.limits import Limits


@dataclass(frozen=True, slots=True)
class Job:
    """`entry` is "package.module:function". `slot` numbers the children that live at a time.

    `folder` is the child's on the host, `sockets` and `work` what it may use in there; `work` is empty
    where the child has one in memory. `mounts` maps paths beneath the work folder to folders of the host.
    """

    entry: str
    name: str
    slot: int
    limits: Limits = field(default_factory=Limits)
    sockets: str = ""
    work: str = ""
    mounts: Mapping[str, str] = field(default_factory=dict)


def from_wire(record: dict[str, Any]) -> Job:
    return Job(**{**record, "limits": Limits(**record["limits"])})
