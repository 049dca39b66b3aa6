"""People, a course and a page server for the tests of pages; a folder's conftest names what it uses."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest

from courses.models.checkpoint import Checkpoint, Read
from courses.models.course import Chapter, Course, Step
from courses.services.manage_users import add_user
from courses.services.platform import Actor, Platform
from courses.services.publish_edition import publish_edition
from courses.services.submit_attempt import Submission, submit_attempt
from courses.storage import open_store
from courses.web.markdown import MarkdownRenderer
from courses.web.passwords import Argon2Passwords
from tests.page_server import PageServer, serve_pages
from tests.plain_http import plain_client

PASSWORD = "seven grey herons at dawn"


def small_course(id: str, title: str, chapters: int = 2, steps: int = 3) -> Course:
    """A course of steps that are only to be read: `<course>-<chapter>-<step>`, counting from 1."""
    return Course(
        id,
        title,
        tuple(
            Chapter(
                f"part-{c}",
                f"Part {c} of {title}",
                tuple(
                    Step(f"Step {c}.{s}", (), Checkpoint(f"{id}-{c}-{s}", Read()))
                    for s in range(1, steps + 1)
                ),
                summary="What this part is about.",
                minutes=15,
            )
            for c in range(1, chapters + 1)
        ),
        summary=f"All about {title}.",
    )


class NoGrader:
    """No code is graded in these tests."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"Nothing here grades code, yet {name} was called.")


def make_platform(database: str, **settings: Any) -> Platform:
    return Platform(
        store=open_store(database),
        grader=NoGrader(),
        text=MarkdownRenderer(),
        passwords=Argon2Passwords.light(),
        clock=lambda: datetime.now(UTC),
        secret=b"a secret of the tests",
        **settings,
    )


class Visitor:
    """Somebody with a browser's cookies, who never follows a redirect unasked."""

    def __init__(self, server: PageServer, **headers: str) -> None:
        self.server = server
        self.http = plain_client(headers=headers, timeout=20)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(self.server.at(path), **options)

    def fill_in(self, path: str, **fields: str) -> httpx.Response:
        """Load the form at `path` and send it with what is typed."""
        page = self.get(path)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        action = re.search(r'<form [^>]*action="([^"]+)"', page.text.split("<main")[1])
        assert action, page.text
        return self.http.post(self.server.origin + action[1], data=hidden | fields)

    def register(self, name: str, password: str = PASSWORD) -> "Visitor":
        assert self.fill_in("register", name=name, password=password).status_code == 302
        return self

    @property
    def session_cookie(self) -> str:
        return next((c.value or "" for c in self.http.cookies.jar if c.name.startswith("stepwise")), "")


Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform with two courses and an administrator called root."""
    platform = make_platform(f"sqlite:///{tmp_path_factory.mktemp('store') / 'pages.db'}")
    for course in (small_course("birds", "Birds"), small_course("clouds", "Clouds", chapters=1)):
        publish_edition(platform, course, (), "the tests")
    add_user(platform, "root", PASSWORD, admin=True)
    yield platform
    platform.store.close()


@pytest.fixture(scope="session")
def jupyter_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep Jupyter away from the files of whoever runs the tests."""
    folder = tmp_path_factory.mktemp("jupyter")
    with pytest.MonkeyPatch.context() as environment:
        for name in ("CONFIG", "DATA", "RUNTIME"):
            environment.setenv(f"JUPYTER_{name}_DIR", str(folder / name.lower()))
        yield


@pytest.fixture(scope="session")
def pages(
    platform: Platform, tmp_path_factory: pytest.TempPathFactory, jupyter_folders: None
) -> Iterator[PageServer]:
    with serve_pages(platform, tmp_path_factory.mktemp("root")) as server:
        yield server


@pytest.fixture(scope="session")
def fresh_name() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"person{next(numbers)}"


@pytest.fixture
def visit() -> Iterator[Visit]:
    """Make visitors of a server; they leave at the end of the test."""
    with ExitStack() as stack:

        def make(server: PageServer, **headers: str) -> Visitor:
            visitor = Visitor(server, **headers)
            stack.callback(visitor.http.close)
            return visitor

        yield make


@pytest.fixture
def stranger(visit: Visit, pages: PageServer) -> Visitor:
    """Somebody without a session."""
    return visit(pages)


@pytest.fixture
def learner(visit: Visit, pages: PageServer, fresh_name: Callable[[], str]) -> Visitor:
    """Somebody who has just registered."""
    return visit(pages).register(fresh_name())


@pytest.fixture
def administrator(visit: Visit, pages: PageServer) -> Visitor:
    visitor = visit(pages)
    assert visitor.fill_in("login", name="root", password=PASSWORD).status_code == 302
    return visitor


def pass_steps(platform: Platform, name: str, course: str, *steps: str) -> None:
    """Have a learner read steps, in order."""
    with platform.store.reading() as unit:
        user = unit.users.find(name)
    assert user is not None
    actor = Actor(user.id, user.name)
    for step in steps:
        submit_attempt(platform, actor, course, step, Submission(True, f"{name}-{step}", None, 1000))
