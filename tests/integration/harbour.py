"""A tiny course, `harbour`, and people who visit a real server from a process of their own."""

import asyncio
import re
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin

import httpx
import nbformat
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.atlas import notebook
from tests.conftest import Publish
from tests.page_messages import PROTOCOL, execute_request, read
from tests.plain_http import plain_client
from tests.serve import Served
from tests.waiting import wait_for

PASSWORD = "seven grey herons at dawn"
SESSION = "learn/harbour/tides/session"
COURSE = """format: 1
title: Harbour
summary: Where ships sleep.
language: en
chapters:
- tides
packages: babel
"""
CHOICE = """%%checkpoint t-choose
kind: choice
ask: Which comes next?
options:
- text: ebb
  correct: true
- text: flow"""
CELLS = [
    ("markdown", "# Tides\n\nWater comes and goes."),
    ("code", "%load_ext stepwise_kernel_ext"),
    ("markdown", "## Look"),
    ("code", "level = 3\nprint(level)"),
    ("code", "%%checkpoint t-look\nkind: read\nask: Look at the level."),
    ("markdown", "## Choose"),
    ("code", CHOICE),
]


def write_harbour(root: Path, name: str = "harbour") -> Path:
    """Write the course below `root` and return its folder."""
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "course.yml").write_text(COURSE)
    write_tides(folder)
    return folder


def write_tides(folder: Path, **changes: str) -> None:
    """Write the chapter, with what stands in its cells changed: `cell_4="…"` is cell 4, counted from 1."""
    cells = [(kind, changes.get(f"cell_{n}", source)) for n, (kind, source) in enumerate(CELLS, 1)]
    nbformat.write(notebook(cells), folder / "tides.ipynb")


@dataclass(frozen=True)
class Harbour:
    """The course's folder, and a data folder into which it is published."""

    courses: Path
    data: Path

    def copy(self, folder: Path) -> "Harbour":
        """The same below `folder`, to change as one likes."""
        shutil.copytree(self.courses, folder / "courses")
        shutil.copytree(self.data, folder / "data")
        return Harbour(folder / "courses", folder / "data")


@pytest.fixture(scope="session")
def harbour(publish_once: Publish) -> Harbour:
    """Published once; tests that write take a copy."""
    published = publish_once(write_harbour)
    return Harbour(published.courses, published.data)


class Guest:
    """Somebody with a browser's cookies, who follows no redirect unasked."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.name = f"guest-{uuid.uuid4().hex[:8]}"
        self.http = plain_client(base_url=served.url, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, address: str) -> httpx.Response:
        """An address as it stands in a page, or relative to the base URL."""
        return self.http.get(urljoin(self.served.url, address))

    def fill_in(self, page: str, **fields: str) -> httpx.Response:
        """Load the form at `page` and send it with what is typed."""
        text = self.get(page).text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
        action = re.search(r'<form [^>]*action="([^"]+)"', text.split("<main")[1])
        assert action, text
        return self.http.post(urljoin(self.served.url, action[1]), data=hidden | fields)

    def register(self, **fields: str) -> httpx.Response:
        return self.fill_in("register", name=self.name, password=PASSWORD, **fields)

    def sign_in(self, password: str = PASSWORD) -> httpx.Response:
        return self.fill_in("login", name=self.name, password=password)

    def me(self) -> httpx.Response:
        return self.get("stepwise/api/v1/me")

    def course(self) -> dict[str, Any]:
        return dict(self.get("stepwise/api/v1/courses/harbour").json())

    def send(self, address: str, body: Any = None) -> httpx.Response:
        """POST what a page's script posts."""
        return self.http.post(address, json=body, headers={"X-XSRFToken": self.token})

    @property
    def token(self) -> str:
        """What shows that a request comes from a page of the server's own."""
        return next(c.value or "" for c in self.http.cookies.jar if c.name.startswith("_xsrf"))

    def answer(self, step: str, answer: Any, key: str, course: str = "harbour") -> httpx.Response:
        address = f"stepwise/api/v1/courses/{course}/steps/{step}/attempts"
        return self.send(address, {"answer": answer, "key": key})

    def start_kernel(self, chapter: str = "harbour/tides") -> str:
        """Open the chapter, as a page does, and return the kernel's id when it has come up."""
        session = f"learn/{chapter}/session"
        self.get(f"learn/{chapter}").raise_for_status()
        self.send(session).raise_for_status()
        wait_for(lambda: self.get(session).json()["state"] == "ready", "the kernel is ready", 60)
        return str(self.get(session).json()["kernel"])

    @asynccontextmanager
    async def channels(self, kernel: str) -> AsyncIterator[WebSocketClientConnection]:
        """The websocket to a kernel."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies.jar)
        address = f"{self.served.url}learn/api/kernels/{kernel}/channels".replace("http", "ws", 1)
        headers = {"Cookie": cookies, "Origin": str(httpx.URL(self.served.url).join("/"))[:-1]}
        channels = await websocket_connect(HTTPRequest(address, headers=headers), subprotocols=[PROTOCOL])
        try:
            yield channels
        finally:
            channels.close()
        while await channels.read_message() is not None:
            pass  # until the other side has closed too


async def execute(channels: WebSocketClientConnection, code: str, until: str) -> None:
    """Run code and return once it has printed `until`."""
    _, message = execute_request(code)
    await channels.write_message(message, binary=True)
    async with asyncio.timeout(30):
        while True:
            news = read(await channels.read_message())
            if news["msg_type"] == "stream" and until in news["content"]["text"]:
                return


@pytest.fixture
def guests() -> Iterator[Callable[[Served], Guest]]:
    """Make guests; they leave at the end of the test."""
    made: list[Guest] = []

    def make(served: Served) -> Guest:
        made.append(Guest(served))
        return made[-1]

    yield make
    for guest in made:
        guest.http.close()
