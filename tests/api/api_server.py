"""A real jupyter_server with the API on it, in a thread of the test's process.

Its identity provider is the seam: the session's cookie simply holds the person's name. All else,
XSRF checks and authorization included, is as in the product.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_server.auth import Authorizer, IdentityProvider, User
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import RequestHandler

from courses.api.openapi import SESSION
from courses.api.routes import PREFIX, api_handlers
from courses.services.platform import Actor, Platform
from courses.web.texts import Texts

BASE_URL = "/school/"
ACTORS: dict[str, Actor] = {}
"""By what their session's cookie holds."""
BANNED: set[str] = set()
"""The names of those whom the authorizer refuses everything."""


@dataclass
class TestUser(User):
    __test__ = False
    actor: Actor = field(kw_only=True)


class TrustingIdentity(IdentityProvider):
    """Believes the cookie."""

    def get_user(self, handler: RequestHandler) -> TestUser | None:
        actor = ACTORS.get(handler.get_cookie(SESSION, ""))
        return TestUser(username=actor.name, actor=actor) if actor else None

    def is_token_authenticated(self, handler: RequestHandler) -> bool:
        return False


class BanningAuthorizer(Authorizer):
    """The second layer: asked for the stepwise resource and nothing else."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        assert resource == "stepwise"
        return user.actor.name not in BANNED


class SignalFreeApp(ServerApp):
    """Leaves the process's signals to pytest; a thread may not set them."""

    def init_signal(self) -> None:
        pass


@dataclass(frozen=True)
class Served:
    """`api` is the address of the API, without a slash at the end."""

    api: str
    settings: dict[str, Any]


@contextmanager
def serve_api(platform: Platform, folder: Path) -> Iterator[Served]:
    """Serve `platform` on a free port of the loopback until the block ends."""
    started: Future[tuple[Served, Callable[[], object]]] = Future()

    async def run() -> None:
        app = _make_app(folder)
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        with ThreadPoolExecutor(4, "use-case") as executor:
            _add_api(app, platform, executor)
            server = HTTPServer(app.web_app)
            sockets = bind_sockets(0, "127.0.0.1")
            server.add_sockets(sockets)
            address = f"http://127.0.0.1:{sockets[0].getsockname()[1]}{url_path_join(BASE_URL, PREFIX)}"
            served = Served(address, app.web_app.settings)
            started.set_result((served, lambda: loop.call_soon_threadsafe(stop.set)))
            await stop.wait()
            server.stop()
            await server.close_all_connections()
        await app._cleanup()

    def report() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    thread = threading.Thread(target=report, name="jupyter-server")
    thread.start()
    served, stop = started.result(30)
    try:
        yield served
    finally:
        stop()
        thread.join(30)


def _make_app(folder: Path) -> ServerApp:
    app = SignalFreeApp(
        allow_root=True,
        base_url=BASE_URL,
        open_browser=False,
        root_dir=str(folder),
        identity_provider_class=TrustingIdentity,
        authorizer_class=BanningAuthorizer,
        allow_unauthenticated_access=False,
    )
    app.initialize(argv=[], find_extensions=False, new_httpserver=False)
    return app


def _add_api(app: ServerApp, platform: Platform, executor: Executor) -> None:
    app.web_app.settings.update(
        stepwise_platform=platform,
        stepwise_executor=executor,
        stepwise_attempts_executor=executor,
        stepwise_texts=Texts(),
    )
    app.web_app.add_handlers(".*$", api_handlers(app.base_url))
