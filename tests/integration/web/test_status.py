"""The status page: who may see it, what it tells, and what it tells administrators alone."""

from collections.abc import Callable, Iterator

import pytest

from courses import __version__
from courses.services.manage_users import set_role
from courses.services.platform import Platform
from courses.services.see_status import Running, SandboxState
from tests import page_server
from tests.page_fixtures import Visitor

LACKING = {"landlock": ("Files are protected otherwise.", "the kernel at /boot/secret has none")}
SANDBOX = SandboxState("seccomp", LACKING, {"pandas": "No module in /home/secret"}, ended=2)


@pytest.fixture
def now(platform: Platform) -> Iterator[Callable[..., None]]:
    """Say what runs, as in `now(gradings=3)`."""
    before = page_server.RUNNING[0]

    def set_running(**changes: object) -> None:
        facts = {
            "kernels": {},
            "most_kernels": 8,
            "gradings": 0,
            "gradings_waiting": 0,
            "gradings_sandboxed": True,
            "sandbox": SANDBOX,
        }
        page_server.RUNNING[0] = Running(**{**facts, **changes})  # type: ignore[arg-type]

    yield set_running
    page_server.RUNNING[0] = before


def with_role(visitor: Visitor, platform: Platform, name: str, role: str) -> Visitor:
    visitor.register(name)
    set_role(platform, name, "birds", role)  # type: ignore[arg-type]
    return visitor


def test_strangers_are_asked_to_sign_in(stranger: Visitor) -> None:
    """As everywhere."""
    assert stranger.get("status").headers["Location"].startswith("/school/login")


def test_learners_are_refused(learner: Visitor) -> None:
    """They find no link to it either."""
    answer = learner.get("status")
    assert answer.status_code == 403
    assert "This is not open to you" in answer.text
    assert "Python sessions" not in answer.text
    assert 'href="/school/status"' not in learner.get("").text


def test_assistants_are_refused(stranger: Visitor, platform: Platform, fresh_name: Callable[[], str]) -> None:
    """The page is for who answers for a course, or for the server."""
    assistant = with_role(stranger, platform, fresh_name(), "assistant")
    assert assistant.get("status").status_code == 403
    assert 'href="/school/status"' not in assistant.get("").text


def test_instructors_see_it(
    stranger: Visitor, platform: Platform, fresh_name: Callable[[], str], now: Callable[..., None]
) -> None:
    """Numbers and layers, but nobody's name and no place on the machine."""
    instructor = with_role(stranger, platform, name := fresh_name(), "instructor")
    with platform.store.reading() as unit:
        user = unit.users.find(name)
    assert user is not None
    now(kernels={user.id: 2, 10**6: 1}, gradings=4, gradings_waiting=17)
    page = instructor.get("status")
    assert page.status_code == 200
    assert 'href="/school/status"' in instructor.get("").text
    main = page.text.split("<main")[1]
    for text in ("3 of at most 8", ">4<", ">17<", "seccomp", "Files are protected otherwise.", "pandas"):
        assert text in main
    for text in (__version__, "edition 1", "Birds", "ended by itself 2 times"):
        assert text in main
    assert "secret" not in main
    assert name not in main


def test_administrators_see_whose_kernels_run(
    administrator: Visitor, platform: Platform, now: Callable[..., None]
) -> None:
    """And why a layer is lacking."""
    with platform.store.reading() as unit:
        root = unit.users.find("root")
    assert root is not None
    now(kernels={root.id: 2})
    main = administrator.get("status").text.split("<main")[1]
    assert "<dt>root</dt><dd>2</dd>" in main
    assert "the kernel at /boot/secret has none" in main


@pytest.mark.parametrize(
    ("sandbox", "said"),
    [
        (SandboxState(unsandboxed=True, reason="why"), "runs without a sandbox"),
        (SandboxState(reason="why"), "no Python session starts and no code is checked"),
    ],
)
def test_a_server_without_a_sandbox_says_so(
    administrator: Visitor, now: Callable[..., None], sandbox: SandboxState, said: str
) -> None:
    """First of all."""
    now(sandbox=sandbox)
    main = administrator.get("status").text.split("<main")[1]
    assert said in main
    assert "why" in main
