"""jupyter_server handlers made of routes.

They tell who asks and whether they may ask at all, and run the use case in a thread, so that a slow
one never holds up the event loop. Attempts may take as long as the code in them: they have threads of
their own, and a person has one attempt at a time.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import copy_context
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated, authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from courses.api.problems import Refused, problem_of
from courses.api.registry import Reply, Route
from courses.api.request import read_request
from courses.errors import StepwiseError
from courses.http.rate import SlidingWindow
from courses.http.request_id import HEADER as REQUEST_ID
from courses.http.request_id import request_id
from courses.http.turns import Turns
from courses.services.platform import Actor


class ApiHandler(APIHandler):
    """Answers every refusal as a problem, and every request with its id."""

    allowed: Sequence[str] = ("GET",)
    """The methods that this address takes."""

    @property
    def content_security_policy(self) -> str:
        return "default-src 'none'; frame-ancestors 'none'"

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header(REQUEST_ID, request_id(self.request))
        self.set_header("Cache-Control", "no-store")

    def compute_etag(self) -> str | None:
        """None for what is somebody's own: no browser keeps it, so nobody asks whether it has changed."""
        return None if self._headers["Cache-Control"] == "no-store" else super().compute_etag()

    def get_login_url(self) -> str:
        """Tornado redirects to here who reads without a session; a program wants to be told."""
        raise Refused(401)

    def check_xsrf_cookie(self) -> None:
        """Say 401 before 403 to who has no session, and how to mend a request without the token."""
        if not hasattr(self, "_jupyter_current_user"):
            return  # asked for the first time, before jupyter_server knows who this is
        if self.current_user is None:
            raise Refused(401)
        try:
            super().check_xsrf_cookie()
        except web.HTTPError as refused:
            fix = (
                "Send the value of the cookie _xsrf in the header X-XSRFToken, from this server's own pages."
            )
            raise Refused(403, "cross-site", fix) from refused

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        if status_code == 405:
            self.set_header("Allow", ", ".join(self.allowed))
        _, error, _ = kwargs.get("exc_info", (None, web.HTTPError(status_code), None))
        self.answer_problem(error)

    def answer_problem(self, error: BaseException) -> None:
        problem = problem_of(error, request_id(self.request), self._translate)
        self.set_status(problem.status)
        if problem.retry_after is not None:
            self.set_header("Retry-After", str(math.ceil(problem.retry_after)))
        self.finish(problem.model_dump_json(exclude_none=True), set_content_type="application/problem+json")

    def _translate(self, text: str) -> str:
        """Into the language that is asked for, which a page's script does in its own."""
        texts = self.settings["stepwise_texts"]
        language = texts.accepted(self.request.headers.get("Accept-Language", ""))
        return str(texts.translator(language)(text))

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """A refusal is in the access log; a bug needs its traceback, and the id to find it by."""
        if not isinstance(value, web.HTTPError):
            self.log.error("Request %s failed.", request_id(self.request), exc_info=value)


class RouteHandler(ApiHandler):
    """One address: a subclass has a method for each of its routes."""

    _left = False

    def initialize(self, attempts: SlidingWindow, turns: Turns) -> None:
        self._attempts, self._turns = attempts, turns

    async def run_route(self, route: Route, path: dict[str, str]) -> None:
        actor = self.current_user.actor
        try:
            if route.limited:
                self._attempts.admit(actor.id)
            given = read_request(route, path, self.request)
            reply = await (self._take_turn if route.limited else self._perform)(route, actor, given)
        except StepwiseError as error:
            self.answer_problem(error)
        else:
            self.set_status(reply.status)
            self.finish(reply.content)

    async def _take_turn(self, route: Route, actor: Actor, given: Mapping[str, Any]) -> Reply:
        async with self._turns.of(actor.id):
            if self._left:
                raise Refused(400)  # nobody reads it; what is worth an answer is sent again
            return await self._perform(route, actor, given)

    async def _perform(self, route: Route, actor: Actor, given: Mapping[str, Any]) -> Reply:
        return await asyncio.get_running_loop().run_in_executor(
            self.settings["stepwise_attempts_executor" if route.limited else "stepwise_executor"],
            copy_context().run,
            route.perform,
            self.settings["stepwise_platform"],
            actor,
            given,
        )

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._left = True


class DocumentHandler(ApiHandler):
    """The OpenAPI document, for anybody."""

    def initialize(self, document: dict[str, Any]) -> None:
        self._document = document

    @allow_unauthenticated
    def get(self) -> None:
        server = self.request.path.rpartition("/")[0]
        self.set_header("Cache-Control", "no-cache")
        self.finish(self._document | {"servers": [{"url": server}]})


class UnknownAddress(ApiHandler):
    """Whatever else is asked for below the API's prefix, by whomever."""

    async def prepare(self) -> None:  # type: ignore[override]  # as in APIHandler
        raise Refused(404)


def handler_of(routes: Sequence[Route]) -> type[RouteHandler]:
    """The handler of one address, for all the routes that share it."""
    methods: dict[str, Any] = {route.method.lower(): _method_of(route) for route in routes}
    allowed = tuple(route.method for route in routes)
    return type("RouteHandler", (RouteHandler,), methods | {"allowed": allowed})


def _method_of(route: Route) -> Callable[..., Awaitable[None] | None]:
    async def run(self: RouteHandler, **path: str) -> None:
        await self.run_route(route, path)

    may: Callable[..., Any] = authorized(action=route.action, resource="stepwise")
    return web.authenticated(may(run))
