"""What a new kernel must run so that a learner's variables exist again."""

from dataclasses import dataclass

from courses.models.course import Chapter, CourseFile, Step
from courses.services.chapter_code import (
    Accepted,
    ReplayCell,
    accepted_answers,
    author_cells,
    exercise_cells,
)
from courses.services.place import Place, enter
from courses.services.platform import Actor, Platform
from courses.services.solutions import may_see_solution
from courses.services.store import UnitOfWork

__all__ = ["ReplayCell", "ReplayPlan", "replay_plan"]


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """Cells in the order in which they run, and the files that code may read."""

    cells: tuple[ReplayCell, ...]
    files: tuple[CourseFile, ...]


def replay_plan(platform: Platform, actor: Actor, course: str, chapter: str) -> ReplayPlan:
    """The plan up to where the actor is; nothing of a locked step. Raises NotFound.

    A kernel is the learner's to read, so an author's solution is in it only where they may see it.
    """
    with platform.store.reading() as unit:
        place = enter(unit, actor, course)
        cells = _cells(unit, place, place.chapter(chapter))
        files = unit.editions.code_files(course, place.edition.number)
    return ReplayPlan(tuple(cells), tuple(file for file in files if file.access == "code"))


def _cells(unit: UnitOfWork, place: Place, chapter: Chapter) -> list[ReplayCell]:
    unlocked = place.unlocked(chapter)
    accepted = accepted_answers(unit, place, unlocked)
    cells = [cell for step in unlocked for cell in _step(place, step, accepted)]
    if place.preview or place.finished(chapter):
        cells += author_cells(chapter.closing)
    return cells


def _step(place: Place, step: Step, accepted: Accepted) -> list[ReplayCell]:
    settlement = place.settled.get(step.id)
    solve = place.preview or may_see_solution(place.course.policies, settlement)
    settled = place.preview or settlement is not None
    return author_cells(step.cells) + (exercise_cells(step, accepted, solve=solve) if settled else [])
