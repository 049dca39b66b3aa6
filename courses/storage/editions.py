"""Published courses. Parsed editions are kept in memory: they never change, and parsing takes time."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, func, select

from courses.models.course import Course, CourseFile, Edition
from courses.storage import tables as t
from courses.storage.codec import dump_course, load_course
from courses.storage.dialect import insert_new

Value = TypeVar("Value")


class EditionCache:
    """Editions, and the files that their code reads, of the most recently used editions."""

    def __init__(self, size: int = 24) -> None:
        self._size = size
        self._lock = Lock()
        self._editions: OrderedDict[tuple[str, int], Edition] = OrderedDict()
        self._files: OrderedDict[tuple[str, int], tuple[CourseFile, ...]] = OrderedDict()

    def edition(self, key: tuple[str, int], load: Callable[[], Edition | None]) -> Edition | None:
        return self._get(self._editions, key, load)

    def files(
        self, key: tuple[str, int], load: Callable[[], tuple[CourseFile, ...]]
    ) -> tuple[CourseFile, ...]:
        return self._get(self._files, key, load) or ()

    def _get(
        self,
        cache: "OrderedDict[tuple[str, int], Value]",
        key: tuple[str, int],
        load: Callable[[], Value | None],
    ) -> Value | None:
        with self._lock:
            if key in cache:
                cache.move_to_end(key)
                return cache[key]
        value = load()
        if value is not None:
            with self._lock:
                cache[key] = value
                while len(cache) > self._size:
                    cache.popitem(last=False)
        return value


class SqlEditions:
    def __init__(self, connection: Connection, cache: EditionCache) -> None:
        self._connection = connection
        self._cache = cache

    def courses(self) -> list[str]:
        return list(self._connection.scalars(select(t.edition.c.course_id).distinct()))

    def lock(self, course: str, at: datetime) -> None:
        insert_new(self._connection, t.course, {"id": course, "created_at": at})
        self._connection.execute(select(t.course.c.id).where(t.course.c.id == course).with_for_update())

    def newest(self, course: str) -> Edition | None:
        number = self._newest_number(course)
        return self.get(course, number) if number else None

    def get(self, course: str, number: int) -> Edition | None:
        return self._cache.edition((course, number), lambda: self._load(course, number))

    def add(self, course: Course, files: Sequence[CourseFile], digest: str, at: datetime, by: str) -> Edition:
        number = self._newest_number(course.id) + 1
        self._connection.execute(
            t.edition.insert().values(
                course_id=course.id,
                number=number,
                digest=digest,
                content=dump_course(course),
                published_at=at,
                published_by=by,
            )
        )
        self._add_outline(course, number)
        for file in files:
            self._add_file(course.id, number, file)
        return Edition(number, digest, course)

    def code_files(self, course: str, number: int) -> tuple[CourseFile, ...]:
        return self._cache.files((course, number), lambda: self._load_code_files(course, number))

    def file(self, course: str, number: int, path: str) -> CourseFile | None:
        found = _files(course, number).where(t.edition_file.c.path == path)
        row = self._connection.execute(found).one_or_none()
        return _file(row) if row else None

    def _newest_number(self, course: str) -> int:
        newest = select(func.max(t.edition.c.number)).where(t.edition.c.course_id == course)
        return self._connection.scalar(newest) or 0

    def _load(self, course: str, number: int) -> Edition | None:
        table = t.edition.c
        found = select(table.digest, table.content).where(table.course_id == course, table.number == number)
        row = self._connection.execute(found).one_or_none()
        return Edition(number, row.digest, load_course(row.content)) if row else None

    def _load_code_files(self, course: str, number: int) -> tuple[CourseFile, ...]:
        found = _files(course, number).where(t.edition_file.c.access != "page")
        return tuple(_file(row) for row in self._connection.execute(found))

    def _add_outline(self, course: Course, number: int) -> None:
        common = {"course_id": course.id, "edition": number}
        chapters = [
            {**common, "id": c.id, "position": i, "title": c.title} for i, c in enumerate(course.chapters)
        ]
        steps = [
            {
                **common,
                "id": s.id,
                "chapter_id": c.id,
                "position": i,
                "title": s.title,
                "kind": s.checkpoint.question.kind,
                "points": s.checkpoint.points,
            }
            for c in course.chapters
            for i, s in enumerate(c.steps)
        ]
        if chapters:
            self._connection.execute(t.chapter.insert(), chapters)
        if steps:
            self._connection.execute(t.step.insert(), steps)

    def _add_file(self, course: str, number: int, file: CourseFile) -> None:
        digest = sha256(file.content).hexdigest()
        insert_new(self._connection, t.file_content, {"digest": digest, "content": file.content})
        row = {
            "course_id": course,
            "edition": number,
            "path": file.path,
            "access": file.access,
            "digest": digest,
        }
        self._connection.execute(t.edition_file.insert().values(row))


def _files(course: str, number: int) -> Select[Any]:
    table = t.edition_file.c
    return (
        select(table.path, table.access, t.file_content.c.content)
        .join_from(t.edition_file, t.file_content, table.digest == t.file_content.c.digest)
        .where(table.course_id == course, table.edition == number)
        .order_by(table.path)
    )


def _file(row: Row[Any]) -> CourseFile:
    return CourseFile(row.path, row.content, row.access)
