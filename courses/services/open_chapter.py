"""Open a chapter: its outline, its unlocked steps, and nothing of the others."""

from courses.models.course import Chapter
from courses.models.views import ChapterLine, ChapterView, StepView
from courses.services.outline import chapter_line, course_finished, outline
from courses.services.place import Place, enter
from courses.services.platform import Actor, Platform
from courses.services.prepare_check import prepare_check
from courses.services.recall import presenter, recall
from courses.services.store import UnitOfWork


def open_chapter(platform: Platform, actor: Actor, course: str, chapter: str) -> ChapterView:
    """The chapter as the actor may see it. Raises NotFound.

    A newcomer is enrolled; an administrator who looks in is not.
    """
    with platform.store.reading() as unit:
        place = enter(unit, actor, course)
        opened = place.chapter(chapter)
        view = _view(unit, platform, place, opened)
    passing_by = place.preview and place.visited is None
    if place.visited != opened.id and not passing_by:
        with platform.store.unit() as unit:
            unit.enrolments.visit(actor.id, course, opened.id, platform.clock())
            unit.commit()
    return view


def _view(unit: UnitOfWork, platform: Platform, place: Place, chapter: Chapter) -> ChapterView:
    progress, finished = place.progress(chapter), place.finished(chapter)
    if progress.current is not None:
        prepare_check(unit, platform, place, chapter, chapter.steps[progress.current])
    closing = chapter.closing if finished or place.preview else ()
    return ChapterView(
        course=place.course.id,
        course_title=place.course.title,
        id=chapter.id,
        title=chapter.title,
        summary=chapter.summary,
        minutes=chapter.minutes,
        language=place.course.language,
        edition=place.edition.number,
        preview=place.preview,
        outline=outline(place, chapter),
        steps=_steps(unit, platform, place, chapter),
        closing=presenter(platform, place).cells(closing),
        settled=progress.settled,
        total=progress.total,
        finished=finished,
        next_chapter=_next(place, chapter),
        course_finished=course_finished(place),
    )


def _steps(unit: UnitOfWork, platform: Platform, place: Place, chapter: Chapter) -> list[StepView]:
    unlocked, show = place.unlocked(chapter), presenter(platform, place)
    states = dict(zip((s.id for s in chapter.steps), place.progress(chapter).states, strict=True))
    records = recall(unit, platform, place, unlocked)
    return [show.step(step, states[step.id], records[step.id]) for step in unlocked]


def _next(place: Place, chapter: Chapter) -> ChapterLine | None:
    chapters = place.course.chapters
    position = chapters.index(chapter) + 1
    return chapter_line(place, chapters[position]) if position < len(chapters) else None
