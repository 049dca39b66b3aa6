"""Have the first check of an exercise made ready when its learner comes to it, where that would be slow."""

from courses.models.checkpoint import Exercise
from courses.models.course import Chapter, Step
from courses.services.chapter_code import authors_code
from courses.services.judge import grading_job
from courses.services.place import Place
from courses.services.platform import Platform
from courses.services.store import UnitOfWork
from courses.services.surroundings import surroundings


def prepare_check(unit: UnitOfWork, platform: Platform, place: Place, chapter: Chapter, step: Step) -> None:
    """Does nothing for a step that is settled, for questions, and for staff, who look at many steps."""
    state = place.progress(chapter).states[chapter.steps.index(step)]
    exercise = step.checkpoint.question
    if not isinstance(exercise, Exercise) or place.preview or state not in ("current", "open"):
        return
    if platform.preparer.is_slow(authors_code(chapter, step)):
        around = surroundings(unit, place, place.edition, chapter, step)
        platform.preparer.prepare(grading_job(exercise, "", around))
