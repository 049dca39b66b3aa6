"""All routes of the API, and the handlers that the server adds for them."""

from collections import defaultdict
from typing import Any

from jupyter_server.utils import url_path_join
from tornado.web import RequestHandler

from courses.api import attempts, courses, drafts, me, progress, steps
from courses.api.handler import DocumentHandler, UnknownAddress, handler_of
from courses.api.openapi import openapi_document
from courses.api.registry import Route, url_pattern
from courses.http.rate import SlidingWindow
from courses.http.turns import Turns

PREFIX = "/stepwise/api/v1"

ROUTES: tuple[Route, ...] = (
    *me.ROUTES,
    *courses.ROUTES,
    *steps.ROUTES,
    *attempts.ROUTES,
    *drafts.ROUTES,
    *progress.ROUTES,
)


def api_handlers(
    base_url: str, attempts_per_minute: int = 60
) -> list[tuple[str, type[RequestHandler], dict[str, Any]]]:
    """What to give to `web_app.add_handlers`: (pattern, handler, arguments), the last one a catch-all.

    The handlers find a `services.platform.Platform` in the application's settings as
    `stepwise_platform`, as `stepwise_executor` the executor that runs the use cases, and as
    `stepwise_attempts_executor` the one for attempts.
    """
    prefix = url_path_join(base_url, PREFIX)
    window, turns = SlidingWindow(attempts_per_minute), Turns()
    by_path = defaultdict(list)
    for route in ROUTES:
        by_path[route.path].append(route)
    return [
        *(
            (prefix + url_pattern(path), handler_of(routes), {"attempts": window, "turns": turns})
            for path, routes in by_path.items()
        ),
        (f"{prefix}/openapi.json", DocumentHandler, {"document": openapi_document(ROUTES)}),
        (f"{prefix}(?:/.*)?", UnknownAddress, {}),
    ]
