"""Serve a course's file only to those who may see the step that names it."""

from collections.abc import Iterator

from courses.errors import NotFound
from courses.models import checkpoint as c
from courses.models.course import Cell, CourseFile, Step
from courses.services.place import Place, enter
from courses.services.platform import Actor, Platform
from courses.services.references import named_files
from courses.services.store import UnitOfWork


def read_file(platform: Platform, actor: Actor, course: str, path: str) -> CourseFile:
    """An image that something open to the actor names; staff get all but the tests' files.

    Data and modules reach a learner's kernel, and not the page. Raises NotFound for every other file, so
    that nobody learns what there is.
    """
    with platform.store.reading() as unit:
        place = enter(unit, actor, course)
        named = place.preview or path in _open_files(unit, place)
        file = (
            unit.editions.file(course, place.edition.number, path) if named and path.isprintable() else None
        )
    if file is None or file.access == "tests" or (file.access == "code" and not place.preview):
        raise NotFound("file", path)
    return file


def _open_files(unit: UnitOfWork, place: Place) -> set[str]:
    texts: list[str] = []
    for chapter in place.course.chapters:
        unlocked = place.unlocked(chapter)
        hints = unit.hints.taken(place.actor.id, place.course.id, [step.id for step in unlocked])
        for step in unlocked:
            texts += _texts(step, hints.get(step.id, 0), settled=step.id in place.settled)
        if place.finished(chapter):
            texts += _markdown(chapter.closing)
    return {path for text in texts for path in named_files(text)}


def _texts(step: Step, hints: int, *, settled: bool) -> Iterator[str]:
    """The Markdown of an unlocked step that may be on its page.

    Feedback counts from the start: it names at most what went wrong, and it must show at once.
    """
    checkpoint = step.checkpoint
    yield from _markdown(step.cells)
    yield from checkpoint.hints[:hints]
    question = checkpoint.question
    yield question.ask
    for part in question.questions if isinstance(question, c.Parts) else (question,):
        yield from _question_texts(part, settled=settled)
    if settled:
        yield checkpoint.explanation


def _question_texts(question: c.Question, *, settled: bool) -> Iterator[str]:
    yield question.ask
    match question:
        case c.Choice() | c.Many():
            for option in question.options:
                yield from (option.text, option.feedback)
        case c.Order():
            yield from (*question.lines, question.feedback)
        case c.Number() | c.Text() | c.Predict():
            yield question.feedback
            yield from (mistake.feedback for mistake in question.mistakes)
        case c.Exercise():
            yield from (mistake.feedback for mistake in question.mistakes)
        case c.Write() if settled:
            yield from (question.model, question.rubric)
        case _:
            return


def _markdown(cells: tuple[Cell, ...]) -> list[str]:
    return [cell.source for cell in cells if cell.kind == "markdown" and not cell.setup]
