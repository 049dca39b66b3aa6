"""A page server and a whole server, each shared by this folder's tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from courses.services.manage_users import add_user, set_role
from courses.services.publish_edition import publish_edition
from courses.web.passwords import Argon2Passwords
from tests.conftest import Published
from tests.hostile import LiveServer, Person, gallery, live_server
from tests.page_fixtures import (  # noqa: F401  (fixtures)
    PASSWORD,
    administrator,
    fresh_name,
    jupyter_folders,
    learner,
    pages,
    platform,
    stranger,
    visit,
)

Join = Callable[[], Person]


@pytest.fixture(scope="session")
def live(
    published: Published,
    tmp_path_factory: pytest.TempPathFactory,
    jupyter_folders: None,  # noqa: F811  (a fixture)
) -> Iterator[LiveServer]:
    """A server with the courses `atlas` and `gallery`. Its many people are hashed lightly."""
    data = published.copy(tmp_path_factory.mktemp("live") / "data")
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setattr("courses.wiring.Argon2Passwords", Argon2Passwords.light)
        server = stack.enter_context(live_server(data))
        course, files = gallery()
        publish_edition(server.platform, course, files, "the tests")
        yield server


@pytest.fixture
def join(live: LiveServer) -> Iterator[Join]:
    """Have people register; they leave at the end of the test."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Person(live)).signed_up()


@pytest.fixture(scope="session")
def nobody(live: LiveServer) -> Iterator[Person]:
    """Somebody who is not signed in."""
    with Person(live) as visitor:
        visitor.get("login")
        yield visitor


@pytest.fixture
def outsider(live: LiveServer, join: Join) -> Person:
    """The instructor of `gallery`, who is a learner in `atlas`."""
    person = join()
    set_role(live.platform, person.name, "gallery", "instructor")
    return person


@pytest.fixture(scope="session")
def root(live: LiveServer) -> Iterator[Person]:
    """An administrator."""
    with Person(live) as person:
        add_user(live.platform, person.name, PASSWORD, admin=True)
        yield person.signed_in()


@pytest.fixture(scope="session")
def shared_learner(live: LiveServer) -> Iterator[Person]:
    """A learner for the tests that change nothing."""
    with Person(live) as person:
        yield person.signed_up()


@pytest.fixture(scope="session")
def shared_outsider(live: LiveServer) -> Iterator[Person]:
    """An instructor of `gallery` for the tests that change nothing."""
    with Person(live) as person:
        person.signed_up()
        set_role(live.platform, person.name, "gallery", "instructor")
        yield person
