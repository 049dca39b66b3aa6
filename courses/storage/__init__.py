"""The store of the platform on SQLAlchemy: SQLite by default, PostgreSQL by address."""

from courses.storage.store import SqlStore, open_store

__all__ = ["SqlStore", "open_store"]
