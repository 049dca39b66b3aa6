"""One server for all API tests; each test has people of its own, so none sees another's progress."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import httpx
import pytest
from api_course import ALPHA, BETA
from api_server import ACTORS, Served, serve_api

from courses.api.openapi import SESSION
from courses.services.manage_users import set_role
from courses.services.platform import Actor, Platform
from courses.services.publish_edition import publish_edition
from courses.storage import open_store
from tests.fakes import ManualClock, PlainPasswords, PlainText, ReadingGrader
from tests.plain_http import plain_client

NewPerson = Callable[..., httpx.Client]


@pytest.fixture(scope="session")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, clock: ManualClock) -> Iterator[Platform]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'api.db'}")
    platform = Platform(
        store, ReadingGrader(), PlainText(), PlainPasswords(), clock, secret=b"a test's own secret"
    )
    for course in (ALPHA, BETA):
        publish_edition(platform, course, (), "the tests")
    yield platform
    store.close()


@pytest.fixture(scope="session")
def served(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("jupyter")
    with pytest.MonkeyPatch.context() as environment:
        for name in ("CONFIG", "DATA", "RUNTIME"):
            environment.setenv(f"JUPYTER_{name}_DIR", str(folder / name))
        with serve_api(platform, folder) as served:
            yield served


@pytest.fixture(scope="session")
def document(served: Served) -> dict[str, Any]:
    with plain_client() as anybody:
        return anybody.get(f"{served.api}/openapi.json").raise_for_status().json()


@pytest.fixture(scope="session")
def names() -> Iterator[int]:
    return count(1)


@pytest.fixture
def person(
    served: Served, platform: Platform, clock: ManualClock, names: Iterator[int]
) -> Iterator[NewPerson]:
    """Make a person and their browser, as in `person(instructor_of="beta")`."""
    clients = []

    def new(*, signed_in: bool = True, instructor_of: str = "", admin: bool = False) -> httpx.Client:
        cookies = {"_xsrf": "from-the-cookie"}
        if signed_in:
            name = f"person{next(names)}"
            with platform.store.unit() as unit:
                user = unit.users.add(name, "no password", admin, clock())
                unit.commit()
            if instructor_of:
                set_role(platform, name, instructor_of, "instructor")
            ACTORS[name] = Actor(user.id, name, admin)
            cookies[SESSION] = name
        headers = {"X-XSRFToken": cookies["_xsrf"]}
        clients.append(plain_client(base_url=served.api, headers=headers, cookies=cookies, timeout=30))
        return clients[-1]

    yield new
    for client in clients:
        client.close()
