"""A real jupyter_server with the pages and the gate, in a thread of the test's process.

All of Jupyter's stock services are loaded as well: closing them is what the gate is for.
"""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import authenticated

from courses.services.platform import Platform
from courses.services.see_status import Running, SandboxState
from courses.web.assets import Assets
from courses.web.gate import StepwiseAuthorizer, install_gate
from courses.web.identity import StepwiseIdentityProvider
from courses.web.page import PageHandler, Templates
from courses.web.routes import web_handlers
from courses.web.security import secure_every_response
from courses.web.texts import Texts
from stepwise_kernel_ext.bundles import BUNDLES, bundles

RUNNING = [Running({}, 8, 0, 0, None, SandboxState("namespaces, seccomp"))]
"""What the status page is told, for a test to change."""
STATIC = Path(__file__).parents[1] / "courses" / "web" / "static"


OWN_SCRIPT = """
window.ours = 1;
window.evaluated = false;
try { window.evaluated = new Function("return true")() } catch {}
"""


class LearnStandIn(PageHandler):
    """Where /learn/… goes in these tests: says who is there, and has a script of its own."""

    @authenticated
    async def get(self, course: str, chapter: str) -> None:
        assert self.actor is not None
        if chapter == "own.js":
            self.set_header("Content-Type", "text/javascript")
            await self.finish(OWN_SCRIPT)
            return
        await self.finish(
            f"<!doctype html><title>Chapter</title><p>{self.actor.name} in {course}/{chapter}"
            f'<script src="{self.base_url}learn/{course}/own.js"></script>'
            "<script>window.theirs = 1</script>"
            '<img src="x" onerror="window.handler = 1">'
        )


class Failing(PageHandler):
    @authenticated
    async def get(self) -> None:
        raise RuntimeError("secret detail of the failure")


class SignalFreeApp(ServerApp):
    """Leaves the process's signals to pytest; a thread may not set them."""

    def init_signal(self) -> None:
        pass


@dataclass(frozen=True)
class PageServer:
    """`url` ends with the base URL, slash included."""

    url: str
    base_url: str
    app: ServerApp

    def at(self, path: str) -> str:
        return self.url + path.removeprefix("/")

    @property
    def origin(self) -> str:
        return self.url.removesuffix(self.base_url)


@contextmanager
def serve_pages(platform: Platform, folder: Path, base_url: str = "/school/") -> Iterator[PageServer]:
    """Serve `platform` on a free port of the loopback until the block ends."""
    started = threading.Event()
    state: dict[str, Any] = {}

    async def run() -> None:
        with ThreadPoolExecutor(4, "use-case") as executor, ThreadPoolExecutor(2, "entrance") as entrance:
            app = _make_app(platform, executor, entrance, folder, base_url)
            sockets = bind_sockets(0, "127.0.0.1")
            server = HTTPServer(app.web_app)
            server.add_sockets(sockets)
            stop = asyncio.Event()
            state.update(
                app=app, port=sockets[0].getsockname()[1], loop=asyncio.get_running_loop(), stop=stop
            )
            started.set()
            await stop.wait()
            server.stop()
            await server.close_all_connections()
            await app._cleanup()

    def guard() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            state["error"] = error
        finally:
            started.set()

    thread = threading.Thread(target=guard, name="page-server")
    thread.start()
    started.wait(30)
    if "error" in state:
        raise state["error"]
    try:
        yield PageServer(f"http://127.0.0.1:{state['port']}{base_url}", base_url, state["app"])
    finally:
        state["loop"].call_soon_threadsafe(state["stop"].set)
        thread.join(30)
    if "error" in state:
        raise state["error"]


def _make_app(
    platform: Platform, executor: Executor, entrance: Executor, folder: Path, base_url: str
) -> ServerApp:
    SignalFreeApp.clear_instance()
    app = SignalFreeApp(
        allow_root=True,
        base_url=base_url,
        open_browser=False,
        root_dir=str(folder),
        identity_provider_class=StepwiseIdentityProvider,
        authorizer_class=StepwiseAuthorizer,
        allow_unauthenticated_access=False,
        log_level="CRITICAL",
    )
    app.initialize(argv=[], find_extensions=False, new_httpserver=False)
    texts = Texts()
    app.web_app.settings.update(
        stepwise_platform=platform,
        stepwise_executor=executor,
        stepwise_entrance_executor=entrance,
        stepwise_texts=texts,
        stepwise_templates=Templates(texts),
        stepwise_assets=Assets([STATIC, BUNDLES], "/stepwise/static/"),
        stepwise_bundles=bundles(),
        stepwise_running=lambda: RUNNING[0],
    )
    app.web_app.add_handlers(
        ".*$",
        [
            *web_handlers(base_url),
            (url_path_join(base_url, "/learn/([^/]+)/([^/]+)"), LearnStandIn),
            (url_path_join(base_url, "/stepwise/api/v1/fail"), Failing),
        ],
    )
    install_gate(app.web_app, base_url)
    secure_every_response(app.web_app)
    return app
