"""A real server, a real Chromium, and learners who sign themselves up."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import Published
from tests.serve import Served, serving

PASSWORD = "a long quiet river 9"
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}

expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, published: Published) -> Iterator[Served]:
    """One server for the tests that leave it as it is."""
    data = published.copy(tmp_path_factory.mktemp("served") / "data")
    with serving(data, published.courses) as served:
        yield served


class Learner:
    """Somebody with a browser of their own. `foreign` collects requests to any other host.

    They want little motion, unless `device` says otherwise: a page that scrolls smoothly is waited for.
    """

    def __init__(
        self, browser: Browser, url: str, viewport: dict[str, int], name: str = "", **device: Any
    ) -> None:
        device = {"reduced_motion": "reduce", **device}
        self.name = name or f"learner-{uuid.uuid4().hex[:8]}"
        self.url = url
        self.context: BrowserContext = browser.new_context(viewport=viewport, base_url=url, **device)
        self.page: Page = self.context.new_page()
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.context.on("request", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, request: object) -> None:
        address = str(getattr(request, "url", ""))
        if not address.startswith((self.url, self.url.replace("http", "ws"), "data:", "blob:", "about:")):
            self.foreign.append(address)

    def register(self) -> "Learner":
        self.page.goto("register")
        self.page.get_by_label("Name").fill(self.name)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name=re.compile("Register|Create|Sign up")).click()
        expect(self.page.get_by_role("heading", name="Atlas")).to_be_visible()
        return self

    def join(self) -> "Learner":
        """Register without a page, for tests of what comes afterwards."""
        form = self.context.request.get("register").text()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        typed = {"name": self.name, "password": PASSWORD}
        home = self.context.request.post("register", form=hidden | typed).text()
        assert "Atlas" in home, home
        return self

    def sign_in(self) -> "Learner":
        self.page.goto("login")
        self.page.get_by_label("Name").fill(self.name)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        return self

    def open(self, chapter: str) -> "Learner":
        self.page.goto(f"learn/atlas/{chapter}")
        return self

    def step(self, step: str) -> "Step":
        return Step(self, step)

    def progress(self, chapter: str) -> dict[str, object]:
        """What the server says, in the learner's own name."""
        response = self.context.request.get(f"stepwise/api/v1/courses/atlas/chapters/{chapter}/progress")
        return dict(json.loads(response.body()))


class Step:
    """One step on a learner's page."""

    def __init__(self, learner: Learner, step: str) -> None:
        self.section = learner.page.locator(f"#step-{step}")
        self.control = self.section.locator(".sw-checkpoint")

    def check(self) -> None:
        self.control.get_by_role("button", name="Check").click()


@pytest.fixture
def learner(chromium: Browser, server: Served) -> Iterator[Callable[..., Learner]]:
    """Make learners; their browsers close at the end."""
    made: list[Learner] = []

    def make(viewport: dict[str, int] | None = None, url: str = "", name: str = "", **device: Any) -> Learner:
        made.append(Learner(chromium, url or server.url, viewport or WIDE, name, **device))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
