"""The store that use cases need: repositories, tied together by a unit of work.

A unit is one transaction. `Store.unit()` may write and rolls back unless it is committed;
`Store.reading()` never writes and never waits for a writer.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from courses.models.course import Course, CourseFile, Edition
from courses.models.progress import Settlement
from courses.services.records import (
    Attempt,
    Draft,
    Enrolment,
    History,
    NewAttempt,
    Role,
    Session,
    Standing,
    User,
)


class Users(Protocol):
    """People, by a name that is unique whatever its case."""

    def add(self, name: str, password: str, admin: bool, at: datetime) -> User:
        """`password` is a hash. Raises NameTaken."""

    def find(self, name: str) -> User | None: ...
    def all(self) -> list[User]: ...
    def set_password(self, user: int, password: str) -> None: ...
    def any_admin(self) -> bool: ...


class Sessions(Protocol):
    """Signed-in sessions by their token's digest; the tokens themselves are never stored."""

    def add(self, user: int, digest: str, at: datetime, expires: datetime) -> None: ...
    def find(self, digest: str) -> Session | None: ...
    def remove(self, digest: str) -> None: ...
    def remove_all(self, user: int) -> None: ...
    def remove_expired(self, now: datetime) -> None: ...


class SignInFailures(Protocol):
    """Failed sign-ins by subject (an account, an address, or both), kept so that no restart forgives."""

    def since(self, subject: str, start: datetime) -> list[datetime]:
        """Oldest first."""

    def add(self, subject: str, at: datetime) -> None: ...
    def clear(self, subject: str, at: datetime | None = None) -> None:
        """Forget all of a subject's failures, or only those at `at`."""

    def remove_before(self, start: datetime) -> None: ...


class AdminLinks(Protocol):
    """The one-time link that makes the first administrator, by its token's digest."""

    def replace(self, digest: str, expires: datetime) -> None:
        """Make this the only link there is."""

    def take(self, digest: str, now: datetime) -> bool:
        """Use the link up; False when there is no such link or it has expired."""


class Editions(Protocol):
    """Published courses. An edition never changes, so what is returned may be shared."""

    def courses(self) -> list[str]: ...
    def lock(self, course: str, at: datetime) -> None:
        """Let no other unit publish this course until this one ends; makes the course known."""

    def newest(self, course: str) -> Edition | None: ...
    def get(self, course: str, number: int) -> Edition | None: ...
    def add(
        self, course: Course, files: Sequence[CourseFile], digest: str, at: datetime, by: str
    ) -> Edition: ...
    def code_files(self, course: str, number: int) -> tuple[CourseFile, ...]:
        """The files that code and tests may read (access `code` and `tests`)."""

    def file(self, course: str, number: int, path: str) -> CourseFile | None: ...


class Enrolments(Protocol):
    def get(self, user: int, course: str) -> Enrolment | None: ...
    def set_role(self, user: int, course: str, role: Role, at: datetime) -> None: ...
    def visit(self, user: int, course: str, chapter: str, at: datetime) -> None:
        """Remember the chapter visited last; enrols a newcomer as a learner."""

    def lock(self, user: int, course: str, at: datetime) -> None:
        """Let no other unit record anything of this learner in this course, nor publish it, until this
        one ends.
        """


class Progress(Protocol):
    def settled(self, user: int, course: str) -> Mapping[str, Settlement]: ...
    def get(self, user: int, course: str, step: str) -> Standing | None: ...
    def settle(self, user: int, course: str, step: str, standing: Standing) -> None:
        """Record a settlement. A pass replaces `shown`; nothing ever replaces a pass."""

    def unsettle(self, course: str, steps: Sequence[str]) -> None:
        """Take these steps' settlements back, everybody's."""


class Attempts(Protocol):
    """What learners answered, append-only."""

    def add(self, attempt: NewAttempt) -> Attempt:
        """Raises KeyReused when the user's key is taken."""

    def by_key(self, user: int, key: str) -> Attempt | None: ...
    def failed_before(self, user: int, course: str, step: str, edition: int, digest: str) -> bool:
        """Whether a counted failure with this very answer is on record."""

    def histories(
        self, user: int, course: str, steps: Sequence[str], since: datetime
    ) -> Mapping[str, History]:
        """One history a step; `since` bounds what counts as recent."""

    def page(self, user: int, course: str, step: str, before: int | None, limit: int) -> list[Attempt]:
        """Newest first, ids below `before`."""

    def latest_passed(self, user: int, course: str, steps: Sequence[str]) -> Mapping[str, Attempt]: ...


class Hints(Protocol):
    def taken(self, user: int, course: str, steps: Sequence[str]) -> Mapping[str, int]:
        """How many of each step's hints were taken; steps without any are left out."""

    def take(self, user: int, course: str, step: str, position: int, at: datetime) -> None: ...


class Drafts(Protocol):
    """Half-written work, one draft a slot and device."""

    def get(self, user: int, course: str, slot: str, device: str) -> Draft | None: ...
    def save(self, user: int, course: str, draft: Draft, keep: int) -> None:
        """Save, and keep only the `keep` newest devices' drafts of the slot."""

    def of_slots(self, user: int, course: str, slots: Sequence[str]) -> list[Draft]:
        """Newest first."""


class UnitOfWork(Protocol):
    """One transaction and the repositories that take part in it."""

    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def sign_in_failures(self) -> SignInFailures: ...
    @property
    def admin_links(self) -> AdminLinks: ...
    @property
    def editions(self) -> Editions: ...
    @property
    def enrolments(self) -> Enrolments: ...
    @property
    def progress(self) -> Progress: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def hints(self) -> Hints: ...
    @property
    def drafts(self) -> Drafts: ...
    def commit(self) -> None: ...


class Store(Protocol):
    """Safe from any thread."""

    def unit(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction that may write. It rolls back unless it is committed."""

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction for reading only."""

    def ready(self) -> bool:
        """Whether the database answers."""

    def close(self) -> None: ...
