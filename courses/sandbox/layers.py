"""Which layers children have here, and what each one that is lacking leaves open."""

from dataclasses import dataclass
from typing import Any

from courses.sandbox.config import Mode


@dataclass(frozen=True, slots=True)
class Lack:
    """A layer that this host does not give: why, and what that means."""

    layer: str
    reason: str
    means: str

    def __str__(self) -> str:
        return f"{self.layer}: {self.reason}. {self.means}"


@dataclass(frozen=True, slots=True)
class Layers:
    """`landlock` is its ABI, 0 when it is lacking. `cgroups` are the resources counted for each child.

    `own_user` says that every child has a user id of its own, `user_namespace` that namespaces are an
    """

    mode: Mode
    namespaces: bool = False
    user_namespace: bool = False
    landlock: int = 0
    seccomp: bool = False
    own_user: bool = False
    cgroups: tuple[str, ...] = ()
    lacking: tuple[Lack, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether children are in a sandbox at all."""
        return self.mode != "none"

    def __str__(self) -> str:
        """The layers in force, in a line."""
        parts = ["namespaces"] if self.namespaces else []
        parts += ["a user of its own"] if self.own_user else []
        parts += [f"Landlock (ABI {self.landlock})"] if self.landlock else []
        parts += ["seccomp"] if self.seccomp else []
        parts += [f"cgroups ({', '.join(self.cgroups)})"] if self.cgroups else []
        return ", ".join(parts) or "none"


MEANS = {
    "namespaces": "Children share the machine's processes and network; disk is limited by file only.",
    "landlock": "Files are protected by the private file system alone; without a user of its own, "
    "a kernel may fill the disk of the run folder.",
    "seccomp": "Children may try every system call.",
    "user": "Children run under the server's own user id.",
    "memory": "Memory is limited for each process, not for a child as a whole.",
    "pids": "The number of processes is limited by user id only.",
    "cpu": "Children are only asked to be nice: several busy ones slow each other and the server down.",
}


def from_wire(record: dict[str, Any]) -> Layers:
    lacking = tuple(Lack(**lack) for lack in record["lacking"])
    return Layers(**{**record, "cgroups": tuple(record["cgroups"]), "lacking": lacking})
