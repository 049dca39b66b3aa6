"""A database that cannot go on, in the platform's words: its disk is full, or it does not answer."""

import logging
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError, TimeoutError

from courses.errors import StorageFull, StorageUnavailable

_POSTGRESQL_DISK_FULL = "53100"
"""SQLSTATE; https://www.postgresql.org/docs/current/errcodes-appendix.html"""
log = logging.getLogger("stepwise.storage")


@contextmanager
def telling_failures() -> Generator[None]:
    """Raises StorageFull and StorageUnavailable for what the database raises then; the log has that."""
    try:
        yield
    except (OperationalError, TimeoutError) as error:
        if any(map(_is_full, _causes(error))):
            log.error("The disk with the database is full: nothing can be recorded. Free some space there.")
            raise StorageFull from error
        log.error("The database does not answer.", exc_info=error)
        raise StorageUnavailable from error


def _causes(error: BaseException) -> Iterator[BaseException]:
    """It and what came before it: SQLite ends a transaction itself, so that undoing a part of it fails."""
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__ or current.__context__


def _is_full(error: BaseException) -> bool:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return True
    return getattr(error, "sqlstate", None) == _POSTGRESQL_DISK_FULL
