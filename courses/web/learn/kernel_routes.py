"""A page's way to its kernel: the session it follows, the kernel's model, its websocket.

Every route takes a kernel id or a chapter and finds the caller's own; another's looks like none.
"""

import asyncio
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth import Authorizer, User
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado import web
from tornado.iostream import IOStream, StreamBufferFullError
from tornado.websocket import WebSocketClosedError

from courses.kernels.learner_kernels import LearnerKernels
from courses.kernels.limits import UNSENT
from courses.kernels.page_connection import LearnerConnection
from courses.kernels.pages import MOST_PAGES, TooManyPages
from courses.kernels.session import ChapterSession
from courses.kernels.wire import PROTOCOL, NotAMessage, speaks
from courses.services.open_chapter import open_chapter
from courses.services.platform import Actor
from courses.web.learn.handlers import CHAPTER, LearnHandler

KERNEL = r"(?P<kernel_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
POLL_SECONDS = 25
SIGNED_OUT = 4401
"""The code with which a socket closes whose person is not signed in any more."""
KERNEL_GONE = 1012
NOT_A_MESSAGE = 1007


def session_json(session: ChapterSession) -> dict[str, Any]:
    """What a page is told of its session. `outputs` maps cell ids to nbformat outputs, which a
    notice may end.
    """
    return {
        "epoch": session.epoch,
        "version": session.version,
        "generation": session.generation,
        "state": session.state,
        "notice": session.notice,
        "warning": session.warning,
        "too_long": session.too_long,
        "run_limit": session.clock.seconds,
        "crowded": session.crowded,
        "kernel": session.id,
        "outputs": session.outputs,
    }


class SessionRoute(LearnHandler):
    """GET waits for news after version `since` of `epoch`; POST brings the kernel to where the learner is."""

    _wait: asyncio.Task[None] | None = None

    @web.authenticated
    async def get(self, course: str, chapter: str) -> None:
        session = await self._session(course, chapter)
        if self.get_query_argument("epoch", "") == session.epoch:
            self._wait = asyncio.create_task(session.wait(self._since(), POLL_SECONDS))
            await asyncio.wait([self._wait])
        await self.finish(session_json(session))

    def on_connection_close(self) -> None:
        """Nobody waits any more."""
        super().on_connection_close()
        if self._wait is not None:
            self._wait.cancel()

    @web.authenticated
    async def post(self, course: str, chapter: str) -> None:
        session = await self._session(course, chapter)
        action = self.get_query_argument("action", "sync")
        if action == "interrupt":
            await session.interrupt()
        elif action == "restart":
            await session.stop()
            session.sync_soon()
        elif action == "sync":
            session.sync_soon()
        else:
            raise web.HTTPError(400, "action is one of sync, interrupt, restart.")
        await self.finish(session_json(session))

    async def _session(self, course: str, chapter: str) -> ChapterSession:
        view = await self.ask(open_chapter, course, chapter)
        return await self.sessions.open(self.person, view.course, view.id)

    def _since(self) -> int:
        try:
            return int(self.get_query_argument("since", "-1"))
        except ValueError:
            raise web.HTTPError(400, "since is a whole number.") from None


class OwnKernel:
    """Finds the caller's own session by kernel id."""

    settings: dict[str, Any]
    current_user: Any

    @property
    def kernel_manager(self) -> LearnerKernels:
        kernels: LearnerKernels = self.settings["stepwise_sessions"].kernels
        return kernels

    def own_session(self, kernel_id: str) -> ChapterSession:
        actor: Actor = self.current_user.actor
        session = self.settings["stepwise_sessions"].owned(actor, kernel_id)
        if session is None:
            raise web.HTTPError(404)
        found: ChapterSession = session
        return found


class KernelModel(OwnKernel, LearnHandler):
    """The kernel's model, which a page's Jupyter front end asks for before it connects.

    It asks again whenever the connection breaks, so asking starts nothing: a kernel that was put to
    sleep stays asleep under an open page.
    """

    @web.authenticated
    async def get(self, kernel_id: str) -> None:
        self.own_session(kernel_id)
        await self.finish(
            {
                "id": kernel_id,
                "name": "python3",
                "execution_state": "idle",
                "connections": self.kernel_manager.connections(kernel_id),
                "last_activity": "1970-01-01T00:00:00Z",
            }
        )


class OwnerAuthorizer(Authorizer):
    """Allows what a handler does with a kernel after it has checked whose it is."""

    def is_authorized(self, _handler: Any, _user: User, _action: str, resource: str) -> bool:
        return resource == "kernels"


class KernelChannels(OwnKernel, KernelWebsocketHandler):
    """The websocket between a page and its own kernel."""

    auth_resource = "stepwise"
    session_in_use: ChapterSession | None = None
    connection: LearnerConnection | None = None
    left = False
    """Whether the page has gone, or its connection has been ended."""
    opened = False

    @property
    def authorizer(self) -> Authorizer:
        """Nobody may use the stock resource “kernels”, but this one is the caller's own: `get` checks."""
        return OwnerAuthorizer()

    @property
    def kernel_websocket_connection_class(self) -> type[LearnerConnection]:
        return LearnerConnection

    @ws_authenticated
    async def get(self, kernel_id: str) -> None:
        if not self.check_origin():  # Tornado's own check comes only after a kernel has been started
            raise web.HTTPError(403)
        if not speaks(self.request.headers.get("Sec-WebSocket-Protocol", "")):
            raise web.HTTPError(400, reason=f"Offer the subprotocol {PROTOCOL}")
        session = self.session_in_use = self.own_session(kernel_id)
        if not await session.when_ready():
            raise web.HTTPError(503)  # asleep or lost: a page that reconnects by itself wakes nobody
        if self.left:
            raise web.HTTPError(400)  # the page has gone, or tries anew: its new connection counts
        try:
            session.attach(self.end, self.get_query_argument("session_id", ""))
        except TooManyPages:
            reason = f"{MOST_PAGES} pages of this chapter are open already: close one"
            raise web.HTTPError(429, reason=reason) from None
        try:
            await ensure_async(KernelWebsocketHandler.get(self, kernel_id))  # until the connection ends
        finally:
            session.detach(self.end)

    async def pre_get(self) -> None:
        await super().pre_get()
        if self.left:
            raise web.HTTPError(400)

    async def open(self, kernel_id: str) -> None:
        self._stream().max_write_buffer_size = UNSENT
        self.opened = True
        await super().open(kernel_id)

    def end(self) -> None:
        """The kernel goes, or the page has come anew: what the connection holds is free at once."""
        self.left = True
        self.close(KERNEL_GONE, "the kernel is gone, or this page is connected anew")
        self._disconnect()

    def on_message(self, ws_message: Any) -> None:
        if self.session_in_use is None or self.connection is None:
            return
        self.session_in_use.touch()
        try:
            super().on_message(ws_message)
        except NotAMessage:
            self.close(NOT_A_MESSAGE, f"not a message of {PROTOCOL}")

    def write_message(self, message: Any, binary: bool = False) -> Any:
        try:
            return super().write_message(message, binary)
        except StreamBufferFullError:
            self._stream().close()
            raise WebSocketClosedError from None

    async def send_ping(self) -> None:
        """A socket outlives the request that opened it, but not the session of who opened it."""
        super().send_ping()
        opened_by: Actor = self.current_user.actor
        self._jupyter_current_user = None
        user: Any = await ensure_async(self.identity_provider.get_user(self))
        if user is None or user.actor.id != opened_by.id:
            self.close(SIGNED_OUT, "signed out")
        else:
            self.current_user = self._jupyter_current_user = user

    def _stream(self) -> IOStream:
        if self.ws_connection is None or self.ws_connection.stream is None:
            raise WebSocketClosedError
        return self.ws_connection.stream

    def on_close(self) -> None:
        self.left = True
        if self.session_in_use is not None:
            self.session_in_use.detach(self.end)
        self._disconnect()

    def _disconnect(self) -> None:
        """Once, and from what has been connected: Jupyter counts."""
        if self.opened and self.connection is not None:
            super().on_close()


class PageLeft(OwnKernel, LearnHandler):
    """The page's good-bye: the kernel stays for the grace time, in case it was a reload."""

    @web.authenticated
    async def post(self, kernel_id: str) -> None:
        self.own_session(kernel_id)
        self.set_status(204)
        await self.finish()


def kernel_handlers() -> list[tuple[str, type]]:
    return [
        (rf"{CHAPTER}/session", SessionRoute),
        (rf"/learn/api/kernels/{KERNEL}", KernelModel),
        (rf"/learn/api/kernels/{KERNEL}/channels", KernelChannels),
        (rf"/learn/voila/api/shutdown/{KERNEL}", PageLeft),
    ]
