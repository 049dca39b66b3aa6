"""The store and its unit of work: one connection, one transaction, committed once or not at all."""

from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from typing import Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from courses.storage.accounts import SqlAdminLinks, SqlSessions, SqlSignInFailures, SqlUsers
from courses.storage.attempts import SqlAttempts
from courses.storage.drafts import SqlDrafts
from courses.storage.editions import EditionCache, SqlEditions
from courses.storage.engine import WRITES, make_engine
from courses.storage.failures import telling_failures
from courses.storage.migrate import migrate
from courses.storage.progress import SqlEnrolments, SqlHints, SqlProgress
from courses.storage.queue import FairLock


class SqlUnit:
    """Implements the port `UnitOfWork`."""

    def __init__(self, connection: Connection, cache: EditionCache) -> None:
        self._connection = connection
        self.users = SqlUsers(connection)
        self.sessions = SqlSessions(connection)
        self.sign_in_failures = SqlSignInFailures(connection)
        self.admin_links = SqlAdminLinks(connection)
        self.editions = SqlEditions(connection, cache)
        self.enrolments = SqlEnrolments(connection)
        self.progress = SqlProgress(connection)
        self.attempts = SqlAttempts(connection)
        self.hints = SqlHints(connection)
        self.drafts = SqlDrafts(connection)

    def commit(self) -> None:
        self._connection.commit()


class SqlStore:
    """Implements the port `Store`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._cache = EditionCache()
        self._writers = FairLock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def unit(self) -> Generator[SqlUnit]:
        with self._writers, telling_failures(), self._engine.connect() as connection:
            yield SqlUnit(connection.execution_options(**{WRITES: True}), self._cache)

    @contextmanager
    def reading(self) -> Generator[SqlUnit]:
        with telling_failures(), self._engine.connect() as connection:
            yield SqlUnit(connection, self._cache)

    def ready(self) -> bool:
        try:
            with self._engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(address: str) -> SqlStore:
    """Open the database at `address`, making or migrating its tables."""
    engine = make_engine(address)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine)
