"""The places of a warm process's children: each has a number, which is its user id's too, and a folder."""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from courses.errors import SandboxUnavailable
from courses.sandbox.config import UIDS
from courses.sandbox.job import Job
from courses.sandbox.limits import Limits
from courses.sandbox.readiness import Facts
from courses.sandbox.run_folder import RunFolder, readable_by_all


class Places:
    """As many as there are user ids. Every method may be called from any thread."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._changing = threading.Lock()
        self._free = list(range(UIDS))
        self._names = itertools.count(1)

    @property
    def free(self) -> int:
        """How many there are."""
        return len(self._free)

    def take(self, entry: str, limits: Limits) -> Job:
        """A job with a place, to be made or released. Raises SandboxUnavailable when none is free."""
        with self._changing:
            if not self._free:
                raise SandboxUnavailable(f"There are {UIDS} children already.")
            return Job(entry, f"{next(self._names)}", self._free.pop(0), limits)

    def make(self, job: Job, facts: Facts, mounts: Mapping[str, Path], *, sockets: bool) -> Job:
        """The job with its folders, made. Raises SandboxUnavailable."""
        for inside, outside in mounts.items():
            _check_mount(inside, outside, other_user=bool(facts.first_uid))
        work = not facts.layers.namespaces
        owner = facts.first_uid + job.slot if facts.first_uid else -1
        folder = self._folder.make(job.name, sockets=sockets, work=work, owner=owner)
        return replace(
            job,
            sockets=str(folder / "io") if sockets else "",
            work=str(folder / "work") if work else "",
            mounts={inside: str(outside.resolve()) for inside, outside in mounts.items()},
        )

    def release(self, job: Job) -> None:
        """Returns at once. A user id is taken again as late as possible, and with nothing of its own left."""

        def free() -> None:
            with self._changing:
                self._free.append(job.slot)

        self._folder.discard(job.name, free)


def _check_mount(inside: str, outside: Path, *, other_user: bool) -> None:
    parts = Path(inside).parts
    if not parts or inside.startswith("/") or ".." in parts:
        raise ValueError(f"{inside!r} is not a path beneath the work folder.")
    if not outside.is_dir():
        raise SandboxUnavailable(f"{outside} cannot be shown to code, because it is not a folder.")
    if other_user and not readable_by_all(outside):
        raise SandboxUnavailable(
            f"{outside} must be readable by all users: code runs as another one (chmod 755)."
        )
