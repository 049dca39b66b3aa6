"""Courses as a person's way on: which they have begun, which are new, where each one's button goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from jupyter_server.utils import url_path_join

from courses.models.views import CourseView
from courses.services.platform import Actor

Stage = Literal["preview", "new", "started", "finished"]


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course as a page shows it. `address` is where its one button goes."""

    course: CourseView
    stage: Stage
    address: str
    chapter_addresses: dict[str, str]


def course_cards(courses: Iterable[CourseView], actor: Actor, base_url: str) -> list[CourseCard]:
    """What one is in the middle of comes first, what is done last."""
    cards = [_card(course, actor, base_url) for course in courses]
    return sorted(cards, key=lambda card: ("started", "new", "preview", "finished").index(card.stage))


def _card(course: CourseView, actor: Actor, base_url: str) -> CourseCard:
    def learn(chapter: str) -> str:
        return url_path_join(base_url, "learn", course.id, chapter)

    addresses = {chapter.id: learn(chapter.id) for chapter in course.chapters}
    first = next(iter(addresses.values()), base_url)
    if course.role != "learner" or actor.admin:
        return CourseCard(course, "preview", first, addresses)
    if course.resume is None:
        return CourseCard(course, "finished" if course.finished else "new", first, addresses)
    stage: Stage = "started" if course.started else "new"
    place = f"{learn(course.resume.chapter)}#step-{course.resume.step}"
    return CourseCard(course, stage, place, addresses)
