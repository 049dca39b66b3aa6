"""Cookies that nobody gave, sessions that are over, and addresses to lead a person to."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import websocket
from tornado.web import create_signed_value

from courses.services.credentials import token_digest
from courses.services.manage_users import set_password
from courses.web.learn.kernel_routes import SIGNED_OUT
from tests.hostile import API, KernelSocket, LiveServer, Person

pytestmark = pytest.mark.xdist_group("live")

Join = Callable[[], Person]


def answered_with(person: Person, name: str, value: str) -> int:
    """The status for somebody whose session cookie holds `value`."""
    person.http.cookies.clear()
    return person.get(f"{API}/me", headers={"Cookie": f"{name}={value}"}).status_code


def cookie_name(person: Person) -> str:
    return next(c.name for c in person.http.cookies.jar if c.name.startswith("stepwise"))


def test_cookies_that_the_server_did_not_give(live: LiveServer, join: Join) -> None:
    """Signed with another secret, for another cookie, for an unknown session, or not at all."""
    person = join()
    name, good = cookie_name(person), person.session_cookie
    assert answered_with(person, name, good) == 200
    secret = live.app.web_app.settings["cookie_secret"]
    forged = [
        create_signed_value("another secret", name, "token").decode(),
        create_signed_value(secret, "_xsrf", "token").decode(),
        create_signed_value(secret, name, "no such token").decode(),
        create_signed_value(secret, name, "1").decode(),
        good[:-1] + ("0" if good[-1] != "0" else "1"),
        '{"user":1}',
        "",
    ]
    for value in forged:
        assert answered_with(person, name, value) == 401, value


def test_an_expired_session_is_over(live: LiveServer, join: Join) -> None:
    """By the server's clock, whatever the cookie says."""
    person, past = join(), datetime.now(UTC) - timedelta(seconds=1)
    name = cookie_name(person)
    user = person.get(f"{API}/me").json()["id"]
    with live.platform.store.unit() as unit:
        unit.sessions.add(user, token_digest("old"), past - timedelta(days=1), past)
        unit.sessions.add(user, token_digest("new"), past, past + timedelta(hours=1))
        unit.commit()
    secret = live.app.web_app.settings["cookie_secret"]
    for token, status in (("old", 401), ("new", 200)):
        value = create_signed_value(secret, name, token).decode()
        assert answered_with(person, name, value) == status


def closed_with(socket: KernelSocket) -> int:
    """The code with which the server closes the socket, in time."""
    while True:
        code, data = socket.socket.recv_data()
        if code == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big")


def test_signing_out_ends_requests_and_sockets(join: Join) -> None:
    """A copied cookie is worth nothing afterwards, and a kernel's socket that was open closes."""
    person = join()
    thief = Person(person.server, person.name)
    thief.http.cookies.update(person.http.cookies)
    with thief, KernelSocket(thief, person.kernel()) as socket:
        assert socket.run("print(1)") == "1\n"
        assert person.http.post(person.server.at("logout"), data={"_xsrf": person.http.cookies["_xsrf"]})
        assert thief.get(f"{API}/me").status_code == 401
        assert closed_with(socket) == SIGNED_OUT


def test_a_new_password_ends_requests_and_sockets(live: LiveServer, join: Join) -> None:
    """As `stepwise users passwd` sets it."""
    person = join()
    with KernelSocket(person, person.kernel()) as socket:
        set_password(live.platform, person.name, "another seven herons")
        assert person.get("learn/atlas/kinds").status_code == 302
        assert closed_with(socket) == SIGNED_OUT


@pytest.mark.parametrize(
    "target",
    [
        *(
            "https://evil.example/",
            "//evil.example/",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
        ),
        *(
            "/%09/evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "http:evil.example",
        ),
        *(
            "https:///evil.example",
            "/logout",
            "/login?next=//evil.example",
            " //evil.example",
            "//evil.example/%2e",
        ),
    ],
)
def test_signing_in_leads_nowhere_else(live: LiveServer, shared_learner: Person, target: str) -> None:
    """Neither the redirect of who is signed in already nor the link to sign in leaves this server."""
    answer = shared_learner.get("login", params={"next": target})
    assert answer.status_code == 302
    assert re.fullmatch(r"/(?![/\\])[^\s\\]*", answer.headers["Location"])
    assert answer.headers["Location"] != "/logout"
