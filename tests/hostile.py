"""A real Stepwise server in a thread of the test's process, and people who do not wish it well."""

import asyncio
import http.client
import uuid
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Self
from urllib.parse import quote

import httpx
import pytest
import websocket

from courses.app import StepwiseServer
from courses.models.checkpoint import Checkpoint, Read
from courses.models.course import Cell, Chapter, Course, CourseFile, Step
from courses.sandboxing import sandboxes
from courses.services.platform import Platform
from courses.serving import make_server
from courses.settings import Settings
from courses.wiring import Wiring, wired
from tests.page_fixtures import PASSWORD, Visitor
from tests.page_messages import PROTOCOL, execute_request, read
from tests.page_server import PageServer
from tests.serve import free_port

API = "stepwise/api/v1"
ATLAS = f"{API}/courses/atlas"


@dataclass(frozen=True)
class LiveServer(PageServer):
    """What `stepwise serve` runs, with its insides at hand."""

    app: StepwiseServer
    wiring: Wiring

    @property
    def platform(self) -> Platform:
        return self.wiring.platform

    def raw(self, method: str, target: str, cookies: str = "", **headers: str) -> tuple[int, str, str]:
        """Status, Location and body. `target` is sent as it is: clients would tidy it up."""
        address = self.origin.removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=20)
        try:
            connection.request(method, target, headers={"Cookie": cookies, **headers})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read().decode(errors="replace")
        finally:
            connection.close()


@contextmanager
def live_server(data: Path) -> Iterator[LiveServer]:
    """Serve the database in `data` on a free port of the loopback. Sockets are checked every 0.2 s."""
    settings = Settings(data=data, courses=data / "none", port=free_port())
    built: Future[StepwiseServer] = Future()
    with (
        pytest.MonkeyPatch.context() as patch,
        wired(settings) as wiring,
        sandboxes(settings, wiring.ground) as sandbox,
    ):
        patch.setattr(StepwiseServer, "init_signal", lambda _self: None)  # signals are the main thread's

        def serve() -> None:
            asyncio.set_event_loop(loop := asyncio.new_event_loop())
            try:
                server = make_server(wiring, sandbox.kernels(), sandbox)
                server.web_app.settings["ws_ping_interval"] = 200
                server.io_loop.add_callback(built.set_result, server)
                server.start()
            except BaseException as error:
                if built.done():
                    raise
                built.set_exception(error)
            finally:
                loop.close()
                if built.done() and built.exception() is None:
                    # Garbage collection would wait for what is still open, in whatever thread it runs.
                    kernels = built.result().web_app.settings["stepwise_sessions"].kernels
                    kernels.context.destroy(linger=0)

        thread = Thread(target=serve, name="live-server")
        thread.start()
        server = built.result(60)
        try:
            yield LiveServer(f"http://127.0.0.1:{settings.port}/", "/", server, wiring)
        finally:
            server.io_loop.add_callback(server.io_loop.stop)
            thread.join(30)


class Person(Visitor):
    """A signed-in person with a browser's cookies and any tool they like."""

    server: LiveServer

    def __init__(self, server: LiveServer, name: str = "") -> None:
        super().__init__(server)
        self.name = name or f"person-{uuid.uuid4().hex[:8]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def signed_up(self) -> Self:
        self.register(self.name)
        return self

    def signed_in(self) -> Self:
        assert self.fill_in("login", name=self.name, password=PASSWORD).status_code == 302
        return self

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies.jar)

    @property
    def xsrf(self) -> dict[str, str]:
        return {"X-XSRFToken": self.http.cookies.get("_xsrf", default="")}

    def send(self, method: str, path: str, body: object = None, **options: Any) -> httpx.Response:
        """As the platform's own pages do it."""
        headers = self.xsrf | options.pop("headers", {})
        if body is not None:
            options["json"] = body
        return self.http.request(method, self.server.at(path), headers=headers, **options)

    def answer(self, step: str, answer: object, course: str = "atlas", **fields: object) -> httpx.Response:
        body = {"answer": answer, "key": uuid.uuid4().hex, **fields}
        return self.send("POST", f"{API}/courses/{course}/steps/{step}/attempts", body)

    def progress(self, chapter: str = "kinds") -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"{ATLAS}/chapters/{chapter}/progress").json()
        return found

    def session(self, chapter: str = "kinds", action: str = "sync", course: str = "atlas") -> dict[str, Any]:
        """Ask for a kernel, or what to do with it."""
        answer = self.send("POST", f"learn/{course}/{chapter}/session?action={action}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def kernel(self, chapter: str = "kinds") -> str:
        """Start a kernel, and return its id once it runs."""
        session = self.session(chapter)
        while session["state"] != "ready":
            since = f"?epoch={session['epoch']}&since={session['version']}"
            session = self.get(f"learn/atlas/{chapter}/session{since}", timeout=60).json()
        return str(session["kernel"])


class KernelSocket:
    """A page's websocket to a kernel. Raises websocket.WebSocketBadStatusException when refused."""

    def __init__(
        self,
        person: Person,
        kernel: str,
        origin: str | None = None,
        *,
        session: str = "",
        protocols: tuple[str, ...] = (PROTOCOL,),
    ) -> None:
        """`session` is what the page calls itself; pages have names of their own."""
        self._session = session or uuid.uuid4().hex
        address = person.server.at(f"learn/api/kernels/{kernel}/channels?session_id={self._session}")
        self.socket = websocket.create_connection(
            address.replace("http", "ws", 1),
            cookie=person.cookies,
            origin=origin or person.server.origin,
            subprotocols=list(protocols),
            timeout=40,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        self.socket.shutdown()  # close() alone leaves a socket that the server has closed

    def start(self, code: str) -> str:
        """Have code run, and return the request's id."""
        request, message = execute_request(code, self._session)
        self.socket.send_binary(message)
        return request

    def run(self, code: str) -> str:
        """Run code and return what it printed, or its error's message."""
        request, printed = self.start(code), ""
        while True:
            message = read(self.socket.recv())
            if message["parent_header"].get("msg_id") != request:
                continue
            match message["msg_type"]:
                case "stream":
                    printed += message["content"]["text"]
                case "error":
                    printed += message["content"]["evalue"]
                case "status" if message["content"]["execution_state"] == "idle":
                    return printed


def refused_socket(person: Person, kernel: str, origin: str | None = None) -> int:
    """The status with which a websocket is refused."""
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        KernelSocket(person, kernel, origin)
    return int(refused.value.status_code)


def picture(name: str) -> CourseFile:
    return CourseFile(f"images/{name}.png", f"PICTURE {name}".encode())


def gallery() -> tuple[Course, tuple[CourseFile, ...]]:
    """The course `gallery`: two steps, each with a picture of its own, and files that are nobody's."""
    steps = tuple(
        Step(
            name.title(),
            (Cell(f"prose-{name}", "markdown", f"![{name}](images/{name}.png) [data](data/notes.csv)"),),
            Checkpoint(f"g-{name}", Read()),
        )
        for name in ("first", "second")
    )
    closing = (Cell("prose-last", "markdown", "![last](images/last.png)"),)
    pictures = tuple(picture(name) for name in ("first", "second", "last", "unnamed"))
    others = (
        CourseFile("data/notes.csv", b"DATA", "code"),
        CourseFile("tools.py", b"MODULE = 1", "code"),
        CourseFile("private/answers.csv", b"PRIVATE", "tests"),
    )
    return Course("gallery", "Gallery", (Chapter("room", "Room", steps, closing),)), (*pictures, *others)


def slot(name: str) -> str:
    return f"{ATLAS}/drafts/{quote(name, safe='')}"
