"""Half-written work: a draft a slot and device, so that no device overwrites another."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from courses.services.records import Draft
from courses.storage.dialect import upsert
from courses.storage.scope import of_learner
from courses.storage.tables import draft as table


class SqlDrafts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, user: int, course: str, slot: str, device: str) -> Draft | None:
        found = select(table).where(
            *of_learner(table, user, course), table.c.slot == slot, table.c.device == device
        )
        row = self._connection.execute(found).one_or_none()
        return _draft(row) if row else None

    def save(self, user: int, course: str, draft: Draft, keep: int) -> None:
        row = {
            "account_id": user,
            "course_id": course,
            "slot": draft.slot,
            "device": draft.device,
            "text": draft.text,
            "revision": draft.revision,
            "saved_at": draft.at,
        }
        upsert(self._connection, table, row, ("text", "revision", "saved_at"))
        own = (*of_learner(table, user, course), table.c.slot == draft.slot)
        newest = select(table.c.device).where(*own).order_by(table.c.saved_at.desc()).limit(keep)
        kept = (draft.device, *self._connection.scalars(newest))
        self._connection.execute(delete(table).where(*own, table.c.device.not_in(kept)))

    def of_slots(self, user: int, course: str, slots: Sequence[str]) -> list[Draft]:
        found = select(table).where(*of_learner(table, user, course), table.c.slot.in_(slots))
        rows = self._connection.execute(found.order_by(table.c.saved_at.desc(), table.c.device))
        return [_draft(row) for row in rows]


def _draft(row: Row[Any]) -> Draft:
    return Draft(row.slot, row.device, row.text, row.revision, row.saved_at)
