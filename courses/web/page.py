"""What every server-rendered page shares: the person, use cases off the event loop, templates, errors."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.iostream import StreamClosedError

from courses.errors import StepwiseError
from courses.http.request_id import request_id
from courses.http.statuses import STATUSES
from courses.services.platform import Actor, Platform
from courses.web.assets import Assets
from courses.web.texts import Texts

THEME_COOKIE = "stepwise-theme"
"""Set by `theme.js`: a server that knows the theme sends pages that are right before any script runs."""
TEMPLATES = Path(__file__).parent / "templates"
P = ParamSpec("P")
R = TypeVar("R")


class Templates:
    """The page templates, compiled once a language."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._environments: dict[str, Environment] = {}

    def render(self, name: str, language: str, values: dict[str, Any]) -> str:
        return self._environment(language).get_template(name).render(values)

    def _environment(self, language: str) -> Environment:
        if language not in self._environments:
            environment = Environment(
                loader=FileSystemLoader(TEMPLATES),
                autoescape=True,
                undefined=StrictUndefined,
                auto_reload=False,
                extensions=["jinja2.ext.i18n"],
                trim_blocks=True,
                lstrip_blocks=True,
            )
            translations = self._texts.translations(language)
            environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
            self._environments[language] = environment
        return self._environments[language]


class PageHandler(JupyterHandler):
    """Base of the pages for people. Errors are pages too."""

    @property
    def platform(self) -> Platform:
        platform: Platform = self.settings["stepwise_platform"]
        return platform

    @property
    def actor(self) -> Actor | None:
        """The signed-in person, if there is one."""
        user = getattr(self, "_jupyter_current_user", None)
        actor: Actor | None = getattr(user, "actor", None)
        return actor

    @property
    def language(self) -> str:
        """What the browser prefers, among the languages there are."""
        texts: Texts = self.settings["stepwise_texts"]
        return texts.accepted(self.request.headers.get("Accept-Language", ""))

    @property
    def theme(self) -> str:
        """What the reader has chosen: "light", "dark", or nothing for what the system has."""
        chosen = self.get_cookie(THEME_COOKIE, "")
        return chosen if chosen in ("light", "dark") else ""

    def set_cookie(self, name: str, value: str | bytes, *args: Any, **options: Any) -> None:
        """As Tornado does, but never for other sites' forms, and over TLS only where the page came so."""
        options.setdefault("samesite", "Lax")
        options.setdefault("secure", self.request.protocol == "https")
        super().set_cookie(name, value, *args, **options)

    def compute_etag(self) -> str | None:
        """None for what no browser keeps."""
        return None if "no-store" in self._headers.get("Cache-Control", "") else super().compute_etag()

    def gettext(self, text: str) -> str:
        texts: Texts = self.settings["stepwise_texts"]
        return texts.translations(self.language).gettext(text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        texts: Texts = self.settings["stepwise_texts"]
        return texts.translations(self.language).ngettext(one, many, number)

    async def run(self, use_case: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a use case in a thread. Its domain errors are the caller's to handle."""
        return await self.run_in("stepwise_executor", partial(use_case, *args, **kwargs))

    async def run_in(self, executor: str, call: Callable[[], R]) -> R:
        """As `run`, with the threads that the settings have under this name."""
        return await asyncio.get_running_loop().run_in_executor(self.settings[executor], call)

    def asset_url(self, path: str) -> str:
        assets: Assets = self.settings["stepwise_assets"]
        return assets.url(self.base_url, path)

    def bundle_url(self, name: str) -> str:
        """The address of a script or a style of the front end, by its name in the manifest."""
        return self.asset_url(self.settings["stepwise_bundles"][name])

    async def show(self, template: str, **values: Any) -> None:
        """Send a page. It is somebody's own, so no cache keeps it."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Language", self.language)
        self.set_header("Vary", "Accept-Language, Cookie")
        await self.finish(self._rendered(template, values))

    def _rendered(self, template: str, values: dict[str, Any]) -> str:
        templates: Templates = self.settings["stepwise_templates"]
        shared = {
            "base_url": self.base_url,
            "language": self.language,
            "actor": self.actor,
            "staff": False,
            "asset_url": self.asset_url,
            "bundle_url": self.bundle_url,
            "xsrf": self.xsrf_form_html,
            "theme": self.theme,
        }
        return templates.render(template, self.language, shared | values)

    def _handle_request_exception(self, error: BaseException) -> None:
        """A domain error that nobody caught is an answer, not a failure of the server."""
        if isinstance(error, StepwiseError):
            error = web.HTTPError(next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES))
        super()._handle_request_exception(error)

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """A refusal, or somebody who left before the answer came, is no fault of the server's."""
        if not isinstance(value, StepwiseError | StreamClosedError):
            super().log_exception(typ, value, tb)

    def write_error(self, status_code: int, **_: Any) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        title, advice = self._what_happened(status_code)
        page = {
            "status": status_code,
            "title": title,
            "advice": advice,
            "request_id": request_id(self.request),
        }
        self.finish(self._rendered("error.html", page))

    def _what_happened(self, status_code: int) -> tuple[str, str]:
        """A title and what to do about it. Never the error's own words, which may hold anything."""
        match status_code:
            case 403:
                return (
                    self.gettext("This is not open to you"),
                    self.gettext(
                        "Perhaps the page was open for very long. Go back, reload it and try again."
                    ),
                )
            case 404:
                return (
                    self.gettext("There is nothing here"),
                    self.gettext("The address may be mistyped, or what was here has moved."),
                )
            case 429:
                return (
                    self.gettext("That was very fast"),
                    self.gettext("Wait a moment, then try again."),
                )
            case 507:
                return (
                    self.gettext("The server's disk is full"),
                    self.gettext(
                        "Your answers and your progress are safe, but nothing can be added to them. "
                        "Tell whoever runs this server, and try again later."
                    ),
                )
            case _ if status_code < 500:
                return (
                    self.gettext("The server cannot do that"),
                    self.gettext("Go back and try it another way."),
                )
            case _:
                return (
                    self.gettext("Something went wrong on our side"),
                    self.gettext("Your answers and your progress are safe. Try again in a moment."),
                )
