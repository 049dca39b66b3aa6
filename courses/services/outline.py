"""Progress as learners see it: the side list, a chapter's line, a course and where to go on."""

from courses.models.course import Chapter
from courses.models.views import (
    ChapterLine,
    ContinueAt,
    CourseProgressView,
    CourseView,
    ProgressView,
    StepLine,
)
from courses.services.place import Place


def outline(place: Place, chapter: Chapter) -> list[StepLine]:
    states = place.progress(chapter).states
    return [StepLine(s.id, s.title, state) for s, state in zip(chapter.steps, states, strict=True)]


def chapter_line(place: Place, chapter: Chapter) -> ChapterLine:
    progress = place.progress(chapter)
    return ChapterLine(
        id=chapter.id,
        title=chapter.title,
        summary=chapter.summary,
        minutes=chapter.minutes,
        settled=progress.settled,
        total=progress.total,
        finished=place.finished(chapter),
    )


def course_finished(place: Place) -> bool:
    return all(place.finished(chapter) for chapter in place.course.chapters)


def progress_view(place: Place, chapter: Chapter) -> ProgressView:
    progress = place.progress(chapter)
    return ProgressView(
        chapter=chapter.id,
        outline=outline(place, chapter),
        settled=progress.settled,
        total=progress.total,
        finished=place.finished(chapter),
        course_finished=course_finished(place),
    )


def course_progress_view(place: Place) -> CourseProgressView:
    chapters = [progress_view(place, chapter) for chapter in place.course.chapters]
    return CourseProgressView(
        course=place.course.id,
        title=place.course.title,
        edition=place.edition.number,
        chapters=chapters,
        settled=sum(chapter.settled for chapter in chapters),
        total=sum(chapter.total for chapter in chapters),
        finished=course_finished(place),
    )


def course_view(place: Place) -> CourseView:
    lines = [chapter_line(place, chapter) for chapter in place.course.chapters]
    return CourseView(
        id=place.course.id,
        title=place.course.title,
        summary=place.course.summary,
        language=place.course.language,
        role=place.role,
        edition=place.edition.number,
        chapters=lines,
        settled=sum(line.settled for line in lines),
        total=sum(line.total for line in lines),
        finished=course_finished(place),
        started=bool(place.visited or place.settled),
        resume=_resume(place),
    )


def _resume(place: Place) -> ContinueAt | None:
    """The current step of the chapter visited last; if that is finished, of the next one that is not."""
    chapters = place.course.chapters
    ids = [chapter.id for chapter in chapters]
    start = ids.index(place.visited) if place.visited in ids else 0
    for chapter in (*chapters[start:], *chapters[:start]):
        current = place.progress(chapter).current
        if current is not None:
            step = chapter.steps[current]
            return ContinueAt(chapter.id, chapter.title, step.id, step.title)
    return None
