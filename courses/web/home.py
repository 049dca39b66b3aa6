"""GET /: the courses, how far one has come in each, and the way back to where one stopped."""

from dataclasses import dataclass
from typing import Literal

from jupyter_server.utils import url_path_join
from tornado import web

from courses.models.views import CourseView
from courses.services.list_courses import list_courses
from courses.services.platform import Actor
from courses.services.see_status import teaches
from courses.web.page import PageHandler

Stage = Literal["preview", "new", "started", "finished"]


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course as the page shows it. `address` is where its one button goes."""

    course: CourseView
    stage: Stage
    address: str
    chapter_addresses: dict[str, str]


class Home(PageHandler):
    """One use case and one template, so that the page is there at once."""

    @web.authenticated
    async def get(self) -> None:
        actor = self.actor
        assert actor is not None
        courses = await self.run(list_courses, self.platform, actor)
        cards = sorted((self._card(course, actor) for course in courses), key=_place)
        staff = teaches(actor, [course.role for course in courses])
        await self.show("home.html", cards=cards, admin=actor.admin, staff=staff)

    def _card(self, course: CourseView, actor: Actor) -> CourseCard:
        addresses = {chapter.id: self._learn(course.id, chapter.id) for chapter in course.chapters}
        first = next(iter(addresses.values()), self.base_url)
        if course.role != "learner" or actor.admin:
            return CourseCard(course, "preview", first, addresses)
        if course.resume is None:
            return CourseCard(course, "finished" if course.finished else "new", first, addresses)
        stage: Stage = "started" if course.started else "new"
        place = f"{self._learn(course.id, course.resume.chapter)}#step-{course.resume.step}"
        return CourseCard(course, stage, place, addresses)

    def _learn(self, course: str, chapter: str) -> str:
        return url_path_join(self.base_url, "learn", course, chapter)


def _place(card: CourseCard) -> int:
    """What one is in the middle of comes first, what is done last."""
    return ("started", "new", "preview", "finished").index(card.stage)
