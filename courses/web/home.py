"""GET /: the courses, how far one has come in each, and the way back to where one stopped."""

from tornado import web

from courses.services.list_courses import list_courses
from courses.services.see_status import teaches
from courses.web.cards import course_cards
from courses.web.page import PageHandler


class Home(PageHandler):
    """One use case and one template, so that the page is there at once."""

    @web.authenticated
    async def get(self) -> None:
        actor = self.actor
        assert actor is not None
        courses = await self.run(list_courses, self.platform, actor)
        cards = course_cards(courses, actor, self.base_url)
        staff = teaches(actor, [course.role for course in courses])
        await self.show("home.html", cards=cards, admin=actor.admin, staff=staff)
