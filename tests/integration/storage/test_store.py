"""The store's promises, the same on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from small_world import FILES, small_course
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from courses.errors import Conflict, KeyReused, NameTaken, Rejected
from courses.models.verdict import Verdict
from courses.services.records import Attempt, Draft, NewAttempt, Standing, User
from courses.storage import SqlStore, open_store
from courses.storage.engine import make_engine
from courses.storage.tables import metadata

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def learner(store: SqlStore) -> User:
    """Someone enrolled in the first edition of the small course."""
    with store.unit() as unit:
        user = unit.users.add("Ada", "hash", False, NOW)
        unit.editions.lock("small", NOW)
        unit.editions.add(small_course(), FILES, "digest", NOW, "test")
        unit.enrolments.lock(user.id, "small", NOW)
        unit.commit()
    return user


def new_attempt(user: User, key: str = "k1", *, passed: bool = False, step: str = "count") -> NewAttempt:
    verdict = Verdict.right() if passed else Verdict.wrong("Nearly.")
    return NewAttempt(user.id, "small", step, 1, "8", "d", verdict, True, 1200, key, NOW)


def add(store: SqlStore, *attempts: NewAttempt) -> list[Attempt]:
    with store.unit() as unit:
        added = [unit.attempts.add(attempt) for attempt in attempts]
        unit.commit()
    return added


def test_migrations_make_the_tables(address: str) -> None:
    """The migrations make exactly the tables that the code declares."""
    open_store(address).close()
    engine = make_engine(address)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_opening_again_keeps_everything(store: SqlStore, learner: User, address: str) -> None:
    """A database that is up to date is opened as it is."""
    with open_store(address) as again, again.reading() as unit:
        assert unit.users.find("ada") == learner


def test_later_release_is_refused(address: str) -> None:
    """A database of a later release is not touched, and the error says what to do."""
    open_store(address).close()
    engine = make_engine(address)
    with engine.connect().execution_options(stepwise_writes=True) as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(Conflict, match="another release"):
        open_store(address)


@pytest.mark.parametrize("wrong", ["nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:"])
def test_wrong_address(wrong: str) -> None:
    """An address that names no usable database is refused before anything is opened."""
    with pytest.raises(Rejected) as refused:
        open_store(wrong)
    assert refused.value.field == "database"


def test_sqlite_is_durable(tmp_path: Path) -> None:
    """SQLite runs with a write-ahead log, full synchronisation and foreign keys."""
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_unit_rolls_back_unless_committed(store: SqlStore) -> None:
    """What is not committed has not happened."""
    with store.unit() as unit:
        unit.users.add("Ada", "hash", False, NOW)
    with store.reading() as unit:
        assert unit.users.find("Ada") is None


def test_names_are_unique_whatever_their_case(store: SqlStore, learner: User) -> None:
    """A taken name is refused, and the unit goes on."""
    with store.unit() as unit:
        with pytest.raises(NameTaken):
            unit.users.add("ADA", "other", False, NOW)
        unit.users.add("Bo", "other", True, NOW)
        unit.commit()
    with store.reading() as unit:
        assert [user.name for user in unit.users.all()] == ["Ada", "Bo"]
        assert unit.users.any_admin()


def test_times_keep_their_point_in_time(store: SqlStore, learner: User) -> None:
    """A time in any zone comes back as the same moment in UTC; one without a zone is refused."""
    there = NOW.astimezone(timezone(timedelta(hours=5)))
    with store.unit() as unit:
        unit.sessions.add(learner.id, "d", there, there)
        unit.commit()
    with store.reading() as unit:
        session = unit.sessions.find("d")
    assert session is not None
    assert (session.expires, session.expires.tzinfo) == (NOW, UTC)
    with store.unit() as unit, pytest.raises(Exception, match="zone"):
        unit.sessions.add(learner.id, "e", datetime(2026, 1, 5), NOW)


def test_sessions_end(store: SqlStore, learner: User) -> None:
    """A person's sessions can be ended together, and expired ones are swept."""
    with store.unit() as unit:
        for name, hours in (("old", -1), ("a", 1), ("b", 1)):
            unit.sessions.add(learner.id, name, NOW, NOW + timedelta(hours=hours))
        unit.sessions.remove_expired(NOW)
        assert unit.sessions.find("old") is None
        assert unit.sessions.find("a")
        unit.sessions.remove_all(learner.id)
        assert unit.sessions.find("b") is None


def test_admin_link_works_once(store: SqlStore) -> None:
    """Only the newest link works, once, until it expires."""
    with store.unit() as unit:
        unit.admin_links.replace("first", NOW + timedelta(hours=1))
        unit.admin_links.replace("second", NOW + timedelta(hours=1))
        assert not unit.admin_links.take("first", NOW)
        assert not unit.admin_links.take("second", NOW + timedelta(hours=2))
        assert unit.admin_links.take("second", NOW)
        assert not unit.admin_links.take("second", NOW)


def test_edition_comes_back_as_it_was(store: SqlStore, address: str, learner: User) -> None:
    """A course, with all kinds of questions it holds, survives the database unchanged."""
    with open_store(address) as fresh, fresh.reading() as unit:
        newest = unit.editions.newest("small")
        assert newest is not None
        assert (newest.number, newest.course) == (1, small_course())
        assert unit.editions.courses() == ["small"]
        assert unit.editions.file("small", 1, "img/map.png") == FILES[0]
        assert unit.editions.file("small", 1, "img/other.png") is None
        assert {file.access for file in unit.editions.code_files("small", 1)} == {"code", "tests"}


def test_editions_count_up_and_stay(store: SqlStore, learner: User) -> None:
    """A new edition gets the next number; the one before stays as it was."""
    changed = replace(small_course(), title="Another title")
    with store.unit() as unit:
        unit.editions.lock("small", NOW)
        assert unit.editions.add(changed, FILES, "other", NOW, "test").number == 2
        unit.commit()
    with store.reading() as unit:
        first, newest = unit.editions.get("small", 1), unit.editions.newest("small")
        assert first and newest
        assert (first.course.title, newest.course.title) == ("A small course", "Another title")
        assert unit.editions.get("small", 3) is None


def test_attempt_comes_back_as_it_was(store: SqlStore, learner: User) -> None:
    """An attempt keeps its answer and verdict, half characters and NUL of printed output included."""
    verdict = replace(Verdict.wrong("Nearly."), printed="\x00 \ud800 ✓")
    wanted = replace(new_attempt(learner), given=(1, (0, 2), "text", True), verdict=verdict, unlocked="last")
    (added,) = add(store, wanted)
    with store.reading() as unit:
        assert unit.attempts.by_key(learner.id, "k1") == added
    assert added.given == wanted.given


def test_key_is_unique_per_user(store: SqlStore, learner: User) -> None:
    """The database itself refuses a second attempt with a user's key."""
    add(store, new_attempt(learner))
    with store.unit() as unit, pytest.raises(KeyReused):
        unit.attempts.add(new_attempt(learner))


@pytest.mark.parametrize("statement", ["UPDATE attempt SET passed = (1 = 1)", "DELETE FROM attempt"])
def test_attempts_are_append_only(store: SqlStore, learner: User, address: str, statement: str) -> None:
    """Not even SQL by hand changes or removes an attempt."""
    add(store, new_attempt(learner))
    engine = make_engine(address)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="only ever added"):
        connection.execute(text(statement))
    engine.dispose()


def test_histories_sum_up(store: SqlStore, learner: User) -> None:
    """A history counts attempts and counted failures, and holds the last attempt and recent tries."""
    attempts = [
        replace(new_attempt(learner, "k1"), at=NOW - timedelta(hours=1)),
        new_attempt(learner, "k2"),
        replace(new_attempt(learner, "k3"), counted=False),
    ]
    added = add(store, *attempts)
    with store.reading() as unit:
        found = unit.attempts.histories(learner.id, "small", ["count", "task"], NOW - timedelta(minutes=1))
    assert (found["count"].attempts, found["count"].failures) == (3, 2)
    assert found["count"].last == added[-1]
    assert [attempt.at for attempt in found["count"].recent] == [NOW]
    assert found["task"].attempts == 0


def test_attempts_page(store: SqlStore, learner: User) -> None:
    """Attempts come newest first, in pages, each learner's and step's own."""
    other = new_attempt(learner, "other", step="task")
    added = add(store, *(new_attempt(learner, f"k{i}") for i in range(5)), other)
    with store.reading() as unit:
        first = unit.attempts.page(learner.id, "small", "count", None, 3)
        rest = unit.attempts.page(learner.id, "small", "count", first[-1].id, 3)
    assert [*first, *rest] == added[4::-1]


def test_latest_passed(store: SqlStore, learner: User) -> None:
    """The latest passed attempt wins, not the latest one."""
    added = add(
        store,
        new_attempt(learner, "k1", passed=True),
        new_attempt(learner, "k2", passed=True),
        new_attempt(learner, "k3"),
    )
    with store.reading() as unit:
        assert unit.attempts.latest_passed(learner.id, "small", ["count"]) == {"count": added[1]}


def test_nothing_takes_back_a_pass(store: SqlStore, learner: User) -> None:
    """A pass replaces `shown` and keeps its own date; neither a later pass nor `shown` replaces it."""
    first, second = add(
        store, new_attempt(learner, "k1", passed=True), new_attempt(learner, "k2", passed=True)
    )
    later = NOW + timedelta(days=1)
    with store.unit() as unit:
        for standing in (
            Standing("shown", NOW - timedelta(days=1)),
            Standing("passed", NOW, first.id),
            Standing("passed", later, second.id),
            Standing("shown", later),
        ):
            unit.progress.settle(learner.id, "small", "count", standing)
        assert unit.progress.get(learner.id, "small", "count") == Standing("passed", NOW, first.id)
        assert unit.progress.settled(learner.id, "small") == {"count": "passed"}


def test_a_step_is_taken_back_from_everybody(store: SqlStore, learner: User) -> None:
    """In its course alone; other steps stay settled, and it can be settled again."""
    with store.unit() as unit:
        other = unit.users.add("bob", "hash", False, NOW)
        for user in (learner, other):
            for name in ("start", "count"):
                unit.progress.settle(user.id, "small", name, Standing("shown", NOW))
        unit.progress.unsettle("large", ["count"])
        assert unit.progress.settled(other.id, "small") == {"start": "shown", "count": "shown"}
        unit.progress.unsettle("small", ["count"])
        assert unit.progress.settled(learner.id, "small") == {"start": "shown"}
        assert unit.progress.settled(other.id, "small") == {"start": "shown"}
        unit.progress.settle(other.id, "small", "count", Standing("shown", NOW))
        assert unit.progress.settled(other.id, "small") == {"start": "shown", "count": "shown"}


def test_nothing_is_published_while_something_is_recorded(
    store: SqlStore, learner: User, address: str
) -> None:
    """A new edition comes before or after it, so what it takes back is not recorded behind its back."""
    engine = make_engine(address)
    publishing = {
        "postgresql": "SELECT id FROM course WHERE id = 'small' FOR UPDATE NOWAIT",
        "sqlite": "UPDATE course SET id = id",
    }
    with store.unit() as unit, engine.connect() as other:
        if engine.dialect.name == "sqlite":
            other.exec_driver_sql("PRAGMA busy_timeout = 0")
        unit.enrolments.lock(learner.id, "small", NOW)
        with pytest.raises(OperationalError, match="lock"):
            other.execute(text(publishing[engine.dialect.name]))
    engine.dispose()


def test_drafts_of_two_devices_are_kept(store: SqlStore, learner: User) -> None:
    """Two devices never overwrite each other; only the newest devices' drafts stay."""
    with store.unit() as unit:
        for i, device in enumerate(("phone", "desk", "lab", "desk")):
            at = NOW + timedelta(seconds=i)
            unit.drafts.save(learner.id, "small", Draft("count", device, f"text {i}", i, at), keep=2)
        found = unit.drafts.of_slots(learner.id, "small", ["count"])
        assert [(draft.device, draft.text) for draft in found] == [("desk", "text 3"), ("lab", "text 2")]


def test_role_and_visit_are_independent(store: SqlStore, learner: User) -> None:
    """A visit keeps the role, and a role keeps the place."""
    with store.unit() as unit:
        unit.enrolments.visit(learner.id, "small", "two", NOW)
        unit.enrolments.set_role(learner.id, "small", "assistant", NOW)
        unit.enrolments.visit(learner.id, "small", "one", NOW)
        found = unit.enrolments.get(learner.id, "small")
        assert found and (found.role, found.chapter) == ("assistant", "one")


def test_ready_says_whether_the_database_answers(store: SqlStore, tmp_path: Path) -> None:
    """`ready` is what the health check asks."""
    assert store.ready()
    gone = SqlStore(create_engine(f"sqlite:///{tmp_path / 'no' / 'folder.db'}"))
    assert not gone.ready()
    gone.close()
