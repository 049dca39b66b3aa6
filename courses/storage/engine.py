"""Connections: what SQLite and PostgreSQL need to be told before a transaction means the same on both."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from courses.errors import Rejected

WRITES = "stepwise_writes"
"""The execution option of a connection whose transactions write."""
PRIVATE: Mapping[str, Any] = {"hide_parameters": True}
"""Errors are logged, and what was to be stored may be an answer or a password's hash."""


def make_engine(address: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://…`. Connects on first use."""
    url = _parse(address)
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return create_engine(
        url, hide_parameters=True, pool_size=10, max_overflow=20, pool_pre_ping=True, pool_recycle=1800
    )


def _parse(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError:
        raise Rejected(
            "database",
            "The database's address is not one. Use sqlite:///FILE or postgresql://USER@HOST/NAME.",
        ) from None
    backend = url.get_backend_name()
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise Rejected("database", f"“{backend}” is not supported. Use sqlite:///FILE or postgresql://….")
    if not url.database or url.database == ":memory:":
        raise Rejected("database", "A database in memory forgets everything. Use sqlite:///FILE.")
    return url


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": 30}, pool_size=10, max_overflow=30
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own idea of transactions would begin too late
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its lock at once: taken later, it could find that what it read has changed."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
