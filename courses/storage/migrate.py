"""Bring a database to the tables that this release expects."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Engine, text

from courses.errors import Conflict
from courses.storage.engine import WRITES

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x5374657077697365
"""PostgreSQL's advisory lock for migrating: several servers may start at once."""


def migrate(engine: Engine) -> None:
    """Run what is missing, all or nothing. Raises Conflict for a database of a later release."""
    config = Config(attributes={})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except (CommandError, ResolutionError) as error:
            raise Conflict(
                f"The database was made by another release of Stepwise: {error}. "
                "Use that release, or restore a backup."
            ) from error
