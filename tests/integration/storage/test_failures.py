"""A database that cannot go on: nothing is half written, and it is said."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text

from courses.errors import StorageFull, StorageUnavailable
from courses.storage import SqlStore, open_store
from tests.integration.conftest import ON_POSTGRESQL

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def _page_limit(engine: Engine, pages: int) -> None:
    """SQLite finds its disk full at so many pages, as it would at the end of a real one."""
    engine.dispose()
    event.listen(
        engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count = {pages}")
    )


def test_full_disk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What does not fit is refused whole, reading goes on, and so does writing once there is room."""
    with open_store(f"sqlite:///{tmp_path / 'full.db'}") as store:
        _page_limit(store._engine, 1)
        with pytest.raises(StorageFull, match="disk is full"), store.unit() as unit:
            unit.users.add("Ada", "hash" * 2000, False, NOW)
            unit.commit()
        assert "disk with the database is full" in caplog.text
        assert store.ready()
        with store.reading() as unit:
            assert unit.users.find("ada") is None
        _page_limit(store._engine, 2**30)
        with store.unit() as unit:
            unit.users.add("Ada", "hash" * 2000, False, NOW)
            unit.commit()


@pytest.mark.parametrize("address", [ON_POSTGRESQL], indirect=True)
def test_lost_connection(store: SqlStore, address: str, caplog: pytest.LogCaptureFixture) -> None:
    """A server that goes away in the middle is said, and the next unit has a new connection."""
    with pytest.raises(StorageUnavailable, match="does not answer"), store.unit() as unit:
        unit.users.add("Ada", "hash", False, NOW)
        _end_others(address)
        unit.commit()
    assert "The database does not answer" in caplog.text
    with store.unit() as unit:
        assert unit.users.find("ada") is None
        unit.users.add("Ada", "hash", False, NOW)
        unit.commit()


def _end_others(address: str) -> None:
    """As an administrator of the database who restarts it."""
    engine = create_engine(address)
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    engine.dispose()
