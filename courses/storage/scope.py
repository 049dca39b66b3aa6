"""The condition that nearly every query about a learner carries."""

from sqlalchemy import ColumnElement, Table


def of_learner(table: Table, user: int, course: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.account_id == user, table.c.course_id == course
