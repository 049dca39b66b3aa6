"""The gate before every handler, ours or anybody's: what it does not name is closed to everyone.

jupyter_server, JupyterLab, Voilà and whatever extension is installed beside them bring routes that read
files, run code or stop kernels, some without asking who calls. So the first rule of the router refuses
every address that is not on one of two lists: for the public, and for signed-in people. The authorizer
is the second layer, for handlers that ask it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from jupyter_server.auth import Authorizer, User
from tornado import web
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule

from courses.web.page import PageHandler

Decision = Literal["public", "signed-in", "closed"]

PUBLIC = (
    r"/login",
    r"/register",
    r"/setup",
    r"/logout",
    r"/healthz",
    r"/stepwise/api/v1/openapi\.json",
    r"/favicon\.ico",
    r"/static/.+",
    r"/stepwise/static/.+",
    r"/voila/static/.+",
    r"/voila/labextensions/.+",
)
_NAME = r"[^/]+"
_COURSE = r"(?!(?:api|voila)/)[^/]+"
_KERNEL = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SIGNED_IN = (
    r"/",
    r"/status",
    rf"/learn/{_COURSE}/{_NAME}/?",
    rf"/learn/{_COURSE}/{_NAME}/session",
    rf"/learn/{_COURSE}/{_NAME}/closing",
    rf"/learn/{_COURSE}/{_NAME}/steps/{_NAME}",
    rf"/learn/{_COURSE}/files/.+",
    rf"/learn/api/kernels/{_KERNEL}",
    rf"/learn/api/kernels/{_KERNEL}/channels",
    rf"/learn/voila/api/shutdown/{_KERNEL}",
    r"/stepwise/api/v1/.+",
)
"""Regular expressions of whole paths below the base URL, as they stand in the request (percent-encoded)."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Who may pass to which addresses. Handlers of signed-in addresses still check what is whose."""

    public: tuple[str, ...] = PUBLIC
    signed_in: tuple[str, ...] = SIGNED_IN

    def decide(self, base_url: str, path: str) -> Decision:
        """`path` as the browser sent it, without the query. Dots and doubled slashes pass nowhere."""
        below = "/" + path.removeprefix(base_url) if path.startswith(base_url) else ""
        if not below or re.search(r"//|/\.\.?(?:/|$)|\\|%2e|%2f|%5c", below, re.IGNORECASE):
            return "closed"
        if any(re.fullmatch(pattern, below) for pattern in self.public):
            return "public"
        if any(re.fullmatch(pattern, below) for pattern in self.signed_in):
            return "signed-in"
        return "closed"


class GateMatcher(Matcher):
    """Catches every request that may not pass; the others go on to the next rules."""

    def __init__(self, base_url: str, lists: Lists) -> None:
        self._base_url = base_url
        self._lists = lists

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        closed = self._lists.decide(self._base_url, request.path) == "closed"
        return {} if closed else None


class Closed(PageHandler):
    """Where refused requests end: strangers are asked to sign in, everybody else finds nothing."""

    async def prepare(self, **_: Any) -> None:
        await super().prepare()
        if not self._finished:
            raise web.HTTPError(404)

    def get(self) -> None:
        """Never reached; without it Tornado would answer 405 and not redirect strangers."""

    head = post = put = patch = delete = options = get


class StepwiseAuthorizer(Authorizer):
    """Allows the platform's own resource to signed-in people, and no stock resource to anybody."""

    def is_authorized(self, handler: web.RequestHandler, user: User, action: str, resource: str) -> bool:
        return resource == "stepwise" and getattr(user, "actor", None) is not None


def install_gate(
    web_app: web.Application, base_url: str, public: Iterable[str] = (), signed_in: Iterable[str] = ()
) -> Lists:
    """Put the gate before all rules of `web_app`, and return what it decides by.

    `public` and `signed_in` are further regular expressions for what an operator adds.
    """
    lists = Lists((*PUBLIC, *public), (*SIGNED_IN, *signed_in))
    web_app.default_router.rules.insert(0, Rule(GateMatcher(base_url, lists), Closed))
    return lists
