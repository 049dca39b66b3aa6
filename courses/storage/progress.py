"""Where learners stand: enrolments, settled steps and hints taken."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from courses.models.progress import Settlement
from courses.services.records import Enrolment, Role, Standing
from courses.storage.dialect import insert_new, upsert
from courses.storage.scope import of_learner
from courses.storage.tables import course as courses
from courses.storage.tables import enrolment, hint_taken, progress


class SqlEnrolments:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, user: int, course: str) -> Enrolment | None:
        found = select(enrolment.c.role, enrolment.c.chapter_id).where(*of_learner(enrolment, user, course))
        row = self._connection.execute(found).one_or_none()
        return Enrolment(row.role, row.chapter_id) if row else None

    def set_role(self, user: int, course: str, role: Role, at: datetime) -> None:
        upsert(self._connection, enrolment, _newcomer(user, course, at) | {"role": role}, ("role",))

    def visit(self, user: int, course: str, chapter: str, at: datetime) -> None:
        row = _newcomer(user, course, at) | {"chapter_id": chapter}
        upsert(self._connection, enrolment, row, ("chapter_id",))

    def lock(self, user: int, course: str, at: datetime) -> None:
        published = select(courses.c.id).where(courses.c.id == course)
        self._connection.execute(published.with_for_update(read=True, key_share=True))
        insert_new(self._connection, enrolment, _newcomer(user, course, at))
        row = select(enrolment.c.role).where(*of_learner(enrolment, user, course))
        self._connection.execute(row.with_for_update())


def _newcomer(user: int, course: str, at: datetime) -> dict[str, object]:
    return {
        "account_id": user,
        "course_id": course,
        "role": "learner",
        "chapter_id": "",
        "created_at": at,
    }


class SqlProgress:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def settled(self, user: int, course: str) -> Mapping[str, Settlement]:
        found = select(progress.c.step_id, progress.c.settlement).where(*of_learner(progress, user, course))
        return {row.step_id: row.settlement for row in self._connection.execute(found)}

    def get(self, user: int, course: str, step: str) -> Standing | None:
        found = select(progress).where(*of_learner(progress, user, course), progress.c.step_id == step)
        row = self._connection.execute(found).one_or_none()
        if row is None:
            return None
        return Standing(row.settlement, row.first_passed_at or row.settled_at, row.attempt_id)

    def settle(self, user: int, course: str, step: str, standing: Standing) -> None:
        passed = standing.at if standing.settlement != "shown" else None
        row = {
            "account_id": user,
            "course_id": course,
            "step_id": step,
            "settlement": standing.settlement,
            "settled_at": standing.at,
            "first_passed_at": passed,
            "attempt_id": standing.attempt,
        }
        insert_new(self._connection, progress, row)
        if passed is not None:
            shown = (*of_learner(progress, user, course), progress.c.step_id == step)
            self._connection.execute(
                update(progress)
                .where(*shown, progress.c.settlement == "shown")
                .values(settlement=standing.settlement, first_passed_at=passed, attempt_id=standing.attempt)
            )

    def unsettle(self, course: str, steps: Sequence[str]) -> None:
        gone = progress.c.course_id == course, progress.c.step_id.in_(steps)
        self._connection.execute(delete(progress).where(*gone))


class SqlHints:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def taken(self, user: int, course: str, steps: Sequence[str]) -> Mapping[str, int]:
        found = (
            select(hint_taken.c.step_id, func.count().label("taken"))
            .where(*of_learner(hint_taken, user, course), hint_taken.c.step_id.in_(steps))
            .group_by(hint_taken.c.step_id)
        )
        return {row.step_id: row.taken for row in self._connection.execute(found)}

    def take(self, user: int, course: str, step: str, position: int, at: datetime) -> None:
        row = {"account_id": user, "course_id": course, "step_id": step, "position": position, "taken_at": at}
        insert_new(self._connection, hint_taken, row)
