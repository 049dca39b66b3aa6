"""GET /learn/<course>/<chapter>: the chapter, rendered by Voilà, cut to what is unlocked.

The kernel starts behind the page, so that prose and controls never wait for it.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import urljoin

from markupsafe import Markup
from tornado import web

from courses.models.views import ChapterView
from courses.services.list_courses import open_course
from courses.services.open_chapter import open_chapter
from courses.services.open_step import open_step
from courses.web.learn.finished import finished_panel
from courses.web.learn.handlers import CHAPTER, NAME, LearnHandler
from courses.web.learn.outputs import Translate
from courses.web.learn.render import StepRenderer, script_json
from courses.web.learn.voila import VoilaPages
from courses.web.page import Templates
from courses.web.texts import Texts


class ChapterPage(LearnHandler):
    """The page itself."""

    @web.authenticated
    async def get(self, course: str, chapter: str) -> None:
        view = await self.ask(open_chapter, course, chapter)
        session = await self.sessions.open(self.person, view.course, view.id)
        pages: VoilaPages = self.settings["stepwise_pages"]
        style, script = self.bundle_url("pageStyle"), self.bundle_url("page")
        finished = await finished_panel(self, view)
        html = await pages.html(self._page(view, session.id, style, script, finished))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Link", self._announced(style, script))
        await self.finish(html)
        session.sync_soon()

    def _announced(self, style: str, script: str) -> str:
        """What the page needs first, and its script before it can run."""
        imported = urljoin(script, self.settings["stepwise_bundles"]["pageShared"])
        scripts = (f"<{one}>; rel=modulepreload" for one in (script, imported))
        return ", ".join([f"<{style}>; rel=preload; as=style", *scripts])

    def _page(
        self, view: ChapterView, kernel: str, style: str, script: str, finished: Markup
    ) -> dict[str, Any]:
        texts: Texts = self.settings["stepwise_texts"]
        steps: StepRenderer = self.settings["stepwise_steps"]
        translate = texts.translator(view.language)
        values = {
            "chapter": view,
            "base_url": self.base_url,
            "actor": self.person,
            "asset_url": self.asset_url,
            "style": style,
            "script": script,
            "xsrf": self.xsrf_form_html,
            "percent": 100 * view.settled // view.total if view.total else 100,
            "skip_to": _skip_to(view),
            "summary": _summary(view, translate),
            "lead": self.platform.text.html(view.summary) if view.summary else "",
            "plain_kernels": self.settings["stepwise_plain_kernels"],
            "steps": steps.steps(view.steps, translate),
            "closing": steps.cells(view.closing, translate) + finished,
            "data": script_json(_data(view, self.base_url, self.person.name, kernel, texts)),
        }
        templates: Templates = self.settings["stepwise_templates"]
        return {
            "language": view.language,
            "head": templates.render("chapter_head.html", view.language, values),
            "body": templates.render("chapter_body.html", view.language, values),
            "theme": self.theme,
            "kernel": kernel,
        }


class Fragment(LearnHandler):
    """A piece of a chapter page, to be put into it."""

    async def send(self, language: str, render: Callable[[StepRenderer, Translate], Markup]) -> None:
        """`language` is the course's, as on the page around the fragment."""
        steps: StepRenderer = self.settings["stepwise_steps"]
        texts: Texts = self.settings["stepwise_texts"]
        self.set_header("Content-Type", "text/html; charset=utf-8")
        await self.finish(str(render(steps, texts.translator(language))))


class StepFragment(Fragment):
    """One unlocked step. Steps are unique in a course; the chapter is there to read the address by."""

    @web.authenticated
    async def get(self, course: str, chapter: str, step: str) -> None:
        view = await self.ask(open_step, course, step)
        language = (await self.ask(open_course, course)).language
        await self.send(language, lambda steps, translate: steps.steps([view], translate))


class ClosingFragment(Fragment):
    """The cells after the last checkpoint, once the chapter is finished, and what to do next."""

    @web.authenticated
    async def get(self, course: str, chapter: str) -> None:
        view = await self.ask(open_chapter, course, chapter)
        finished = await finished_panel(self, view)
        await self.send(
            view.language, lambda steps, translate: steps.cells(view.closing, translate) + finished
        )


def page_handlers() -> list[tuple[str, type]]:
    return [
        (rf"{CHAPTER}/?", ChapterPage),
        (rf"{CHAPTER}/steps/(?P<step>{NAME})", StepFragment),
        (rf"{CHAPTER}/closing", ClosingFragment),
    ]


def _skip_to(view: ChapterView) -> str:
    current = next((line.id for line in view.outline if line.state == "current"), None)
    return f"step-{current}" if current else "sw-main"


def _summary(view: ChapterView, translate: Translate) -> str:
    for position, line in enumerate(view.outline, start=1):
        if line.state == "current":
            heading = translate("Step %(n)s of %(total)s") % {"n": position, "total": view.total}
            return f"{heading} · {line.title}"
    return translate("All %(total)s steps") % {"total": view.total}


def _data(view: ChapterView, base_url: str, user: str, kernel: str, texts: Texts) -> dict[str, Any]:
    return {
        "baseUrl": base_url,
        "course": view.course,
        "chapter": view.id,
        "user": user,
        "language": view.language,
        "edition": view.edition,
        "preview": view.preview,
        "outline": [asdict(line) for line in view.outline],
        "settled": view.settled,
        "total": view.total,
        "finished": view.finished,
        "kernelId": kernel,
        "texts": dict(texts.catalogue(view.language)),
    }
