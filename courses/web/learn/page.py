"""GET /learn/<course>/<chapter>: the chapter, rendered by Voilà, cut to what is unlocked.

Voilà's own handler starts a kernel before it writes a line. Ours hands its renderer a notebook made
for this learner and lets the kernel start behind the page, so that prose and controls never wait.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
from markupsafe import Markup
from tornado import web
from voila.configuration import VoilaConfiguration
from voila.notebook_renderer import NotebookRenderer
from voila.paths import collect_template_paths
from voila.utils import get_page_config

from courses.models.views import ChapterView
from courses.services.open_chapter import open_chapter
from courses.services.open_step import open_step
from courses.web.assets import Assets
from courses.web.learn.finished import finished_panel
from courses.web.learn.handlers import CHAPTER, NAME, LearnHandler
from courses.web.learn.outputs import Translate
from courses.web.learn.render import StepRenderer, script_json
from courses.web.page import THEME_SCRIPT, Templates
from courses.web.texts import Texts

VOILA_TEMPLATES = str(Path(__file__).parent.parent / "voila")
STYLES = ("stepwise.css", "jupyter.css")
WIDGET_EXTENSIONS = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]


class LearnerNotebook:
    """What Voilà sees instead of a contents manager: one notebook, made for one request."""

    def __init__(self, notebook: nbformat.NotebookNode) -> None:
        self._notebook = notebook

    async def get(self, path: str, **_: Any) -> dict[str, Any]:
        """The model of a notebook, as a contents manager gives it."""
        return {"type": "notebook", "path": path, "content": self._notebook}

    def file_exists(self, _path: str) -> bool:
        """Voilà inlines files that exist; a course's files have a route of their own."""
        return False


class ChapterPages:
    """What the pages of one server share: Voilà's configuration and page config, found once.

    `voila` and `extensions` are the addresses of Voilà's bundles and of the widgets' extensions.
    """

    def __init__(
        self, app: Any, settings: dict[str, Any], steps: StepRenderer, voila: Assets, extensions: Assets
    ) -> None:
        base_url = settings["base_url"]
        self.steps = steps
        self.voila = voila.folder_url(base_url).rstrip("/")
        self.configuration = VoilaConfiguration(
            parent=app,
            template="lab",
            allow_template_override="NO",
            allow_theme_override="NO",
            strip_sources=True,
            show_tracebacks=True,
            extension_allowlist=WIDGET_EXTENSIONS,
            file_allowlist=[r"$^"],
        )
        self.template_paths = [VOILA_TEMPLATES, *collect_template_paths(["voila", "nbconvert"], "lab")]
        page_config = get_page_config(
            base_url=base_url, settings=settings, log=app.log, voila_configuration=self.configuration
        )
        self.page_config = {
            **page_config,
            "fullLabextensionsUrl": extensions.folder_url(base_url).rstrip("/"),
            # None for both makes Voilà's front end load the MathJax it bundles instead of a CDN's.
            "fullMathjaxUrl": None,
            "mathjaxConfig": None,
        }


class ChapterPage(LearnHandler):
    """The page itself."""

    @web.authenticated
    async def get(self, course: str, chapter: str) -> None:
        view = await self.ask(open_chapter, course, chapter)
        session = await self.sessions.open(self.person, view.course, view.id)
        pages: ChapterPages = self.settings["stepwise_pages"]
        notebook = nbformat.v4.new_notebook(
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        )
        finished = await finished_panel(self, view)
        notebook.metadata.stepwise = self._page(pages, view, session.id, finished)
        renderer = NotebookRenderer(
            request_handler=self,
            voila_configuration=pages.configuration,
            traitlet_config=self.config,
            notebook_path=f"{view.id}.ipynb",
            template_paths=pages.template_paths,
            config_manager=self.config_manager,
            contents_manager=LearnerNotebook(notebook),
            base_url=self.base_url,
            kernel_spec_manager=self.kernel_spec_manager,
            page_config=pages.page_config,
        )
        await renderer.initialize(template=None, theme=None)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Link", self._needed_first())
        async for html, _ in renderer.generate_content_generator(session.id, None):
            self.write(html)
        await self.finish()
        session.sync_soon()

    def _needed_first(self) -> str:
        """What the browser may fetch while it still reads the page."""
        styles = [f"<{self.asset_url(name)}>; rel=preload; as=style" for name in STYLES]
        return ", ".join([*styles, f"<{self._script()}>; rel=modulepreload"])

    def _script(self) -> str:
        return self.asset_url(self.settings["stepwise_bundles"]["page"])

    def _page(self, pages: ChapterPages, view: ChapterView, kernel: str, finished: Markup) -> dict[str, Any]:
        texts: Texts = self.settings["stepwise_texts"]
        translate = texts.translator(view.language)
        values = {
            "chapter": view,
            "base_url": self.base_url,
            "actor": self.person,
            "asset_url": self.asset_url,
            "styles": [self.asset_url(name) for name in STYLES],
            "page_script": self._script(),
            "theme_script": THEME_SCRIPT,
            "nonce": self.nonce,
            "xsrf": self.xsrf_form_html,
            "percent": 100 * view.settled // view.total if view.total else 100,
            "skip_to": _skip_to(view),
            "summary": _summary(view, translate),
            "lead": self.platform.text.html(view.summary) if view.summary else "",
            "plain_kernels": self.settings["stepwise_plain_kernels"],
            "steps": pages.steps.steps(view.steps, translate),
            "closing": pages.steps.cells(view.closing, translate) + finished,
            "data": script_json(_data(view, self.base_url, self.person.name, kernel, texts)),
        }
        templates: Templates = self.settings["stepwise_templates"]
        return {
            "language": view.language,
            "head": templates.render("chapter_head.html", view.language, values),
            "body": templates.render("chapter_body.html", view.language, values),
            "kernel": kernel,
            "voila": pages.voila,
        }


class Fragment(LearnHandler):
    """A piece of a chapter page, to be put into it."""

    async def send(self, render: Callable[[ChapterPages, Translate], Markup]) -> None:
        """Fragments speak the reader's language; the page around them speaks the course's."""
        pages: ChapterPages = self.settings["stepwise_pages"]
        texts: Texts = self.settings["stepwise_texts"]
        self.set_header("Content-Type", "text/html; charset=utf-8")
        await self.finish(str(render(pages, texts.translator(self.language))))


class StepFragment(Fragment):
    """One unlocked step. Steps are unique in a course; the chapter is there to read the address by."""

    @web.authenticated
    async def get(self, course: str, chapter: str, step: str) -> None:
        view = await self.ask(open_step, course, step)
        await self.send(lambda pages, translate: pages.steps.steps([view], translate))


class ClosingFragment(Fragment):
    """The cells after the last checkpoint, once the chapter is finished, and what to do next."""

    @web.authenticated
    async def get(self, course: str, chapter: str) -> None:
        view = await self.ask(open_chapter, course, chapter)
        finished = await finished_panel(self, view)
        await self.send(lambda pages, translate: pages.steps.cells(view.closing, translate) + finished)


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
