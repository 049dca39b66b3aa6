"""People, their sessions, and what keeps others out."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, select, update
from sqlalchemy.exc import IntegrityError

from courses.errors import NameTaken
from courses.services.records import Session, User
from courses.storage.tables import account, admin_link, session, sign_in_failure


class SqlUsers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, name: str, password: str, admin: bool, at: datetime) -> User:
        row = {
            "name": name,
            "name_key": name.casefold(),
            "password": password,
            "admin": admin,
            "created_at": at,
        }
        try:
            with self._connection.begin_nested():
                key = self._connection.execute(account.insert().values(row)).inserted_primary_key
        except IntegrityError:
            raise NameTaken(name) from None
        assert key is not None
        return User(key[0], name, admin, password, at)

    def find(self, name: str) -> User | None:
        found = select(account).where(account.c.name_key == name.casefold())
        row = self._connection.execute(found).one_or_none()
        return _user(row) if row else None

    def all(self) -> list[User]:
        return [_user(row) for row in self._connection.execute(select(account).order_by(account.c.name_key))]

    def set_password(self, user: int, password: str) -> None:
        self._connection.execute(update(account).where(account.c.id == user).values(password=password))

    def any_admin(self) -> bool:
        return bool(self._connection.scalar(select(exists().where(account.c.admin))))


def _user(row: Row[Any]) -> User:
    return User(row.id, row.name, row.admin, row.password, row.created_at)


class SqlSessions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, user: int, digest: str, at: datetime, expires: datetime) -> None:
        row = {"digest": digest, "account_id": user, "created_at": at, "expires_at": expires}
        self._connection.execute(session.insert().values(row))

    def find(self, digest: str) -> Session | None:
        found = (
            select(account, session.c.expires_at)
            .join_from(session, account, session.c.account_id == account.c.id)
            .where(session.c.digest == digest)
        )
        row = self._connection.execute(found).one_or_none()
        return Session(_user(row), row.expires_at) if row else None

    def remove(self, digest: str) -> None:
        self._connection.execute(delete(session).where(session.c.digest == digest))

    def remove_all(self, user: int) -> None:
        self._connection.execute(delete(session).where(session.c.account_id == user))

    def remove_expired(self, now: datetime) -> None:
        self._connection.execute(delete(session).where(session.c.expires_at <= now))


class SqlSignInFailures:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def since(self, subject: str, start: datetime) -> list[datetime]:
        table = sign_in_failure.c
        found = select(table.at).where(table.subject == subject, table.at > start).order_by(table.at)
        return list(self._connection.scalars(found))

    def add(self, subject: str, at: datetime) -> None:
        self._connection.execute(sign_in_failure.insert().values(subject=subject, at=at))

    def clear(self, subject: str, at: datetime | None = None) -> None:
        gone = delete(sign_in_failure).where(sign_in_failure.c.subject == subject)
        if at is not None:
            gone = gone.where(sign_in_failure.c.at == at)
        self._connection.execute(gone)

    def remove_before(self, start: datetime) -> None:
        self._connection.execute(delete(sign_in_failure).where(sign_in_failure.c.at <= start))


class SqlAdminLinks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def replace(self, digest: str, expires: datetime) -> None:
        self._connection.execute(delete(admin_link))
        self._connection.execute(admin_link.insert().values(digest=digest, expires_at=expires))

    def take(self, digest: str, now: datetime) -> bool:
        gone = delete(admin_link).where(admin_link.c.digest == digest, admin_link.c.expires_at > now)
        return self._connection.execute(gone).rowcount == 1
