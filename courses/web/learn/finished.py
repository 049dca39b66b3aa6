"""The panel at the end of a chapter: that it is done, and what to do next.

Its texts come from the server, which knows the other courses; a page that was opened long ago does not.
"""

from markupsafe import Markup

from courses.models.views import ChapterView
from courses.services.list_courses import list_courses
from courses.web.cards import course_cards
from courses.web.learn.handlers import LearnHandler
from courses.web.page import Templates

MOST_COURSES = 3
"""Named at the end of a course; the home page has all of them."""


async def finished_panel(handler: LearnHandler, view: ChapterView) -> Markup:
    """Nothing as long as the chapter is not finished."""
    if not view.finished:
        return Markup("")
    cards = course_cards(await handler.ask(list_courses), handler.person, handler.base_url)
    here = next(card for card in cards if card.course.id == view.course)
    others = [card for card in cards if card.stage in ("started", "new") and card is not here]
    templates: Templates = handler.settings["stepwise_templates"]
    values = {
        "chapter": view,
        "here": here,
        "others": others[:MOST_COURSES],
        "base_url": handler.base_url,
    }
    return Markup(templates.render("finished.html", view.language, values))  # noqa: S704 (it escapes)
