"""Where a person is in a course: their role, what they have settled, and so what is open to them."""

from collections.abc import Mapping
from dataclasses import dataclass

from courses.errors import NotFound, StepLocked
from courses.models.course import Chapter, Course, Edition, Step
from courses.models.progress import ChapterProgress, Settlement, StepState, chapter_progress
from courses.services.platform import Actor
from courses.services.records import Role
from courses.services.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Place:
    """An actor in the newest edition of a course. In `preview` everything is open, nothing recorded."""

    actor: Actor
    edition: Edition
    role: Role
    preview: bool
    settled: Mapping[str, Settlement]
    visited: str | None
    """The chapter opened last; empty before the first, None for who is not enrolled."""

    @property
    def course(self) -> Course:
        return self.edition.course

    def progress(self, chapter: Chapter) -> ChapterProgress:
        if self.preview:
            total = len(chapter.steps)
            opened: tuple[StepState, ...] = tuple("open" for _ in chapter.steps)
            return ChapterProgress(opened, 0, total, 0 if total else None)
        return chapter_progress([step.id for step in chapter.steps], self.settled)

    def finished(self, chapter: Chapter) -> bool:
        return not self.preview and self.progress(chapter).finished

    def unlocked(self, chapter: Chapter) -> tuple[Step, ...]:
        states = self.progress(chapter).states
        return tuple(s for s, state in zip(chapter.steps, states, strict=True) if state != "locked")

    def chapter(self, chapter_id: str) -> Chapter:
        """Raises NotFound."""
        chapter = self.course.chapter(chapter_id)
        if chapter is None:
            raise NotFound("chapter", chapter_id)
        return chapter

    def step(self, step_id: str) -> tuple[Chapter, Step]:
        """An unlocked step and its chapter. Raises NotFound and StepLocked."""
        found = self.course.find_step(step_id)
        if found is None:
            raise NotFound("step", step_id)
        self.require_open(found[0], step_id)
        return found

    def require_open(self, chapter: Chapter, step_id: str) -> None:
        """Raises StepLocked."""
        if step_id not in {step.id for step in self.unlocked(chapter)}:
            raise StepLocked(step_id)


def enter(unit: UnitOfWork, actor: Actor, course: str) -> Place:
    """The actor's place in a published course. Raises NotFound."""
    edition = unit.editions.newest(course) if _storable(course) else None
    if edition is None:
        raise NotFound("course", course)
    enrolment = unit.enrolments.get(actor.id, course)
    role: Role = enrolment.role if enrolment else "learner"
    if actor.admin and role == "learner":
        role = "instructor"
    preview = role != "learner"
    settled = {} if preview else unit.progress.settled(actor.id, course)
    return Place(actor, edition, role, preview, settled, enrolment.chapter if enrolment else None)


def _storable(name: str) -> bool:
    """Whether a database could hold the name at all."""
    return name.isprintable() and not any("\ud800" <= c <= "\udfff" for c in name)
