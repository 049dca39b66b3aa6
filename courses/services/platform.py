"""What every use case is given: the store, the grader and the few facts that outlive a request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from courses.models.phrases import Translate
from courses.services.ports import (
    Clock,
    CodeGrader,
    NoPreparer,
    PasswordHasher,
    Preparer,
    TextRenderer,
)
from courses.services.store import Store

Registration = Literal["open", "code", "off"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person on whose behalf a use case runs."""

    id: int
    name: str
    admin: bool = False


@dataclass(frozen=True, slots=True)
class Platform:
    """Wired once, in `courses.wiring`. `secret` keys the opaque ids that learners see."""

    store: Store
    grader: CodeGrader
    text: TextRenderer
    passwords: PasswordHasher
    clock: Clock
    secret: bytes = field(repr=False)
    registration: Registration = "open"
    registration_code: str = field(default="", repr=False)
    session: timedelta = timedelta(days=30)
    """How long a sign-in lasts."""
    translator: Callable[[str], Translate] = lambda _language: lambda text: text
    """From a course's language to what translates the platform's own words; without one they stay English."""
    preparer: Preparer = field(default_factory=NoPreparer)
