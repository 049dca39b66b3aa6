"""What a submission is judged in: the chapter's code so far, and the course's files."""

from courses.models.course import Chapter, Edition, Step
from courses.services.chapter_code import code_before
from courses.services.judge import Surroundings
from courses.services.place import Place
from courses.services.store import UnitOfWork


def surroundings(
    unit: UnitOfWork, place: Place, edition: Edition, chapter: Chapter, step: Step, *, key: str = ""
) -> Surroundings:
    """`chapter` and `step` are the edition's, `key` the attempt's."""
    files = unit.editions.code_files(place.course.id, edition.number)
    context = code_before(unit, place, chapter, step)
    contents = {file.path: file.content for file in files}
    return Surroundings(context, contents, str(place.actor.id), key)
