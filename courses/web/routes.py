"""The routes of the pages that need no kernel: home, entrance, status, health, static files.

Their handlers read `stepwise_platform`, `stepwise_executor`, `stepwise_entrance_executor`,
`stepwise_texts`, `stepwise_templates`, `stepwise_assets` and `stepwise_running` from Tornado's settings.
"""

from typing import Any

from jupyter_server.utils import url_path_join
from tornado.web import RequestHandler

from courses.http.rate import SlidingWindow
from courses.web.assets import AssetHandler
from courses.web.health import Health
from courses.web.home import Home
from courses.web.register import REGISTRATION_SECONDS, REGISTRATIONS, FirstAdministrator, Register
from courses.web.sign_in import SignIn, SignOut
from courses.web.status import Status

Route = tuple[str, type[RequestHandler], dict[str, Any]]


def web_handlers(base_url: str) -> list[Route]:
    """One route a page. Each list counts registrations for itself."""
    registrations = SlidingWindow(REGISTRATIONS, REGISTRATION_SECONDS)
    routes: list[Route] = [
        (r"/", Home, {}),
        (r"/login", SignIn, {}),
        (r"/register", Register, {"window": registrations}),
        (r"/setup", FirstAdministrator, {}),
        (r"/logout", SignOut, {}),
        (r"/healthz", Health, {}),
        (r"/status", Status, {}),
        (r"/stepwise/static/(.+)", AssetHandler, {}),
    ]
    return [(url_path_join(base_url, pattern), handler, options) for pattern, handler, options in routes]
