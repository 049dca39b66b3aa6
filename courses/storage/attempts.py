"""What learners answered. Rows are only ever added; triggers in the database see to that too."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select
from sqlalchemy.exc import IntegrityError

from courses.errors import KeyReused
from courses.models.guessing import Try
from courses.services.records import Attempt, History, NewAttempt
from courses.storage.codec import dump_given, dump_verdict, load_given, load_verdict
from courses.storage.scope import of_learner
from courses.storage.tables import attempt as table


class SqlAttempts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, attempt: NewAttempt) -> Attempt:
        try:
            with self._connection.begin_nested():
                key = self._connection.execute(table.insert().values(_values(attempt))).inserted_primary_key
        except IntegrityError:
            raise KeyReused from None
        assert key is not None
        return Attempt(**{name: getattr(attempt, name) for name in NewAttempt.__slots__}, id=key[0])

    def by_key(self, user: int, key: str) -> Attempt | None:
        found = select(table).where(table.c.account_id == user, table.c.key == key)
        row = self._connection.execute(found).one_or_none()
        return _attempt(row) if row else None

    def failed_before(self, user: int, course: str, step: str, edition: int, digest: str) -> bool:
        same = (table.c.step_id == step, table.c.edition == edition, table.c.answer_digest == digest)
        failed = (~table.c.passed, table.c.counted)
        found = exists().where(*of_learner(table, user, course), *same, *failed)
        return bool(self._connection.scalar(select(found)))

    def histories(
        self, user: int, course: str, steps: Sequence[str], since: datetime
    ) -> Mapping[str, History]:
        own = (*of_learner(table, user, course), table.c.step_id.in_(steps))
        recent = self._recent(own, since)
        failed = ~table.c.passed & table.c.counted
        sums = (
            select(
                table.c.step_id,
                func.count().label("attempts"),
                func.count().filter(failed).label("failures"),
                func.max(table.c.id).label("last"),
            )
            .where(*own)
            .group_by(table.c.step_id)
            .subquery()
        )
        found = select(table, sums.c.attempts, sums.c.failures).join_from(
            sums, table, table.c.id == sums.c.last
        )
        known = {
            row.step_id: History(
                row.attempts, row.failures, _attempt(row), tuple(recent.get(row.step_id, ()))
            )
            for row in self._connection.execute(found)
        }
        return {step: known.get(step, History()) for step in steps}

    def _recent(self, own: Sequence[Any], since: datetime) -> dict[str, list[Try]]:
        found = (
            select(table.c.step_id, table.c.created_at, table.c.passed)
            .where(*own, table.c.counted, table.c.created_at > since)
            .order_by(table.c.id)
        )
        tries: dict[str, list[Try]] = {}
        for row in self._connection.execute(found):
            tries.setdefault(row.step_id, []).append(Try(row.created_at, row.passed))
        return tries

    def page(self, user: int, course: str, step: str, before: int | None, limit: int) -> list[Attempt]:
        found = select(table).where(*of_learner(table, user, course), table.c.step_id == step)
        if before is not None:
            found = found.where(table.c.id < before)
        rows = self._connection.execute(found.order_by(table.c.id.desc()).limit(limit))
        return [_attempt(row) for row in rows]

    def latest_passed(self, user: int, course: str, steps: Sequence[str]) -> Mapping[str, Attempt]:
        newest = (
            select(func.max(table.c.id))
            .where(*of_learner(table, user, course), table.c.step_id.in_(steps), table.c.passed)
            .group_by(table.c.step_id)
        )
        rows = self._connection.execute(select(table).where(table.c.id.in_(newest)))
        return {row.step_id: _attempt(row) for row in rows}


def _values(attempt: NewAttempt) -> dict[str, object]:
    return {
        "account_id": attempt.user,
        "course_id": attempt.course,
        "step_id": attempt.step,
        "edition": attempt.edition,
        "answer": dump_given(attempt.given),
        "answer_digest": attempt.digest,
        "passed": attempt.verdict.passed,
        "score": attempt.verdict.score,
        "outcome": attempt.verdict.outcome,
        "verdict": dump_verdict(attempt.verdict),
        "counted": attempt.counted,
        "duration_ms": attempt.duration_ms,
        "created_at": attempt.at,
        "key": attempt.key,
        "unlocked": attempt.unlocked,
    }


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        user=row.account_id,
        course=row.course_id,
        step=row.step_id,
        edition=row.edition,
        given=load_given(row.answer),
        digest=row.answer_digest,
        verdict=load_verdict(row.verdict),
        counted=row.counted,
        duration_ms=row.duration_ms,
        key=row.key,
        at=row.created_at,
        unlocked=row.unlocked,
        id=row.id,
    )
