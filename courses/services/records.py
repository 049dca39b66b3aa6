"""What the store remembers, as plain records: neither rows of a database nor shapes of the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from courses.models.guessing import Try
from courses.models.progress import Settlement
from courses.models.verdict import Verdict

Role = Literal["learner", "assistant", "instructor"]
Given = bool | int | str | tuple["Given", ...]
"""An answer in terms of the author's checkpoint: positions for options and lines, text as typed, a
tuple for several of them and for parts. Opaque ids are translated before anything is stored."""


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    admin: bool
    password: str
    """The hash."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    user: User
    expires: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    role: Role
    chapter: str
    """The chapter visited last; empty before the first."""


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """An attempt about to be recorded. `digest` is of the answer, `key` the client's idempotency key."""

    user: int
    course: str
    step: str
    edition: int
    given: Given
    digest: str
    verdict: Verdict
    counted: bool
    duration_ms: int
    key: str
    at: datetime
    unlocked: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt(NewAttempt):
    """An attempt as it was recorded; it never changes."""

    id: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """A learner's attempts at one step. `failures` are the counted ones; `recent` is oldest first."""

    attempts: int = 0
    failures: int = 0
    last: Attempt | None = None
    recent: tuple[Try, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a step was settled. `attempt` is the one that passed it first, None while it is `shown`."""

    settlement: Settlement
    at: datetime
    attempt: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    slot: str
    device: str
    text: str
    revision: int
    at: datetime
