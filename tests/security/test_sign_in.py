"""What the entrance gives away, and what it holds against guessing and forgery."""

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Semaphore
from typing import Any

import pytest

from courses.services.manage_users import set_password
from courses.services.platform import Platform
from courses.services.throttle import TRIES_A_PAIR
from courses.web.proxies import trust_proxies
from tests.page_fixtures import PASSWORD, Visit, Visitor
from tests.page_server import PageServer

FreshName = Callable[[], str]


def _without_accidents(page: str) -> str:
    return re.sub(r'name="_xsrf" value="[^"]*"|value="person\d+"', "", page)


def test_no_hint_of_accounts(
    visit: Visit, pages: PageServer, learner: Visitor, fresh_name: FreshName
) -> None:
    """A wrong password and an unknown name get the very same answer."""
    known, unknown = fresh_name(), fresh_name()
    visit(pages).register(known)
    first = visit(pages).fill_in("login", name=known, password="not the password")
    second = visit(pages).fill_in("login", name=unknown, password="not the password")
    assert first.status_code == second.status_code == 401
    assert _without_accidents(first.text) == _without_accidents(second.text)


def test_too_many_tries(visit: Visit, pages: PageServer, fresh_name: FreshName) -> None:
    """After too many tries even the right password waits; the answer says how long."""
    name = fresh_name()
    visit(pages).register(name)
    guesser = visit(pages)
    for _ in range(30):
        answer = guesser.fill_in("login", name=name, password="a wrong password")
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Too many tries. Wait " in answer.text
    assert visit(pages).fill_in("login", name=name, password=PASSWORD).status_code == 429


def test_tries_count_by_network(visit: Visit, pages: PageServer, fresh_name: FreshName) -> None:
    """A guesser has 2^64 addresses of IPv6, all in one network; from elsewhere the owner gets in."""
    name = fresh_name()
    visit(pages).register(name)
    trust_proxies(pages.app.web_app, ["127.0.0.1"])
    try:

        def sign_in(address: str, password: str) -> int:
            visitor = visit(pages)
            visitor.http.headers["X-Forwarded-For"] = address
            return visitor.fill_in("login", name=name, password=password).status_code

        tries = [sign_in(f"2001:db8::{n:x}", "a wrong password") for n in range(1, TRIES_A_PAIR + 2)]
        assert tries == [401] * TRIES_A_PAIR + [429]
        assert sign_in("2001:db8:0:1::1", PASSWORD) == 302
    finally:
        pages.app.web_app.default_router.rules.pop(0)


class Slow:
    """Passwords that take until `done` to check."""

    def __init__(self) -> None:
        self.done = Event()

    def hash(self, password: str) -> str:
        return password

    def verify(self, hashed: str, password: str) -> bool:
        self.done.wait(60)
        return False


class Queue(ThreadPoolExecutor):
    """Tells of everything that it is given to do."""

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self.given = Semaphore(0)

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(*args, **kwargs)
        self.given.release()
        return future


def test_strangers_at_the_entrance_hold_up_nobody(
    visit: Visit,
    pages: PageServer,
    platform: Platform,
    learner: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many passwords wait to be checked, who is signed in gets their pages."""
    slow, strangers = Slow(), [visit(pages) for _ in range(8)]
    with Queue(2) as entrance, ThreadPoolExecutor(len(strangers)) as pool:
        settings = pages.app.web_app.settings
        monkeypatch.setitem(settings, "stepwise_platform", replace(platform, passwords=slow))
        monkeypatch.setitem(settings, "stepwise_entrance_executor", entrance)
        try:
            answers = [
                pool.submit(who.fill_in, "login", name=f"stranger {i}", password="a guess of mine")
                for i, who in enumerate(strangers)
            ]
            assert all(entrance.given.acquire(timeout=20) for _ in strangers)
            assert learner.get("").status_code == 200
            assert not any(answer.done() for answer in answers)
        finally:
            slow.done.set()
        assert {answer.result().status_code for answer in answers} == {401}


@pytest.mark.parametrize("page", ["login", "register", "setup", "logout"])
def test_forged_forms(visit: Visit, pages: PageServer, learner: Visitor, page: str) -> None:
    """A form sent without this browser's token does nothing."""
    for person in (visit(pages), learner):
        for forged in ({}, {"_xsrf": "2|aaaaaaaa|bbbb|1700000000"}):
            sent = {**forged, "name": "forged", "password": PASSWORD}
            answer = person.http.post(pages.at(page), data=sent)
            assert answer.status_code == 403
            assert "This is not open to you" in answer.text
    assert learner.get("").status_code == 200


def test_cookie(visit: Visit, pages: PageServer, fresh_name: FreshName) -> None:
    """The session cookie is out of scripts' reach, for this server's pages, not for other sites' forms."""
    visitor = visit(pages)
    answer = visitor.fill_in("register", name=(name := fresh_name()), password=PASSWORD)
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("stepwise"))
    attributes = cookie.lower().split("; ")[1:]
    assert {"httponly", "path=/school/", "samesite=lax"} <= set(attributes)
    assert not any(a.startswith("domain") for a in attributes)
    assert name not in cookie


def test_cookies_are_secure_over_https(visit: Visit, pages: PageServer, fresh_name: FreshName) -> None:
    """Behind a proxy that speaks TLS no cookie travels without it: not the session's, not the forms'."""
    visitor = visit(pages)
    trust_proxies(pages.app.web_app, ["127.0.0.1"])
    try:
        visitor.http.headers["X-Forwarded-Proto"] = "https"
        form = visitor.get("register").headers.get_list("set-cookie")
        visitor.http.headers["Cookie"] = form[0].split(";")[0]  # over plain http the client would keep it
        answer = visitor.fill_in("register", name=fresh_name(), password=PASSWORD)
    finally:
        pages.app.web_app.default_router.rules.pop(0)
    cookies = [cookie.split("; ") for cookie in form + answer.headers.get_list("set-cookie")]
    assert {name.split("=")[0].split("-")[0] for name, *_ in cookies} == {"_xsrf", "stepwise"}
    for _, *attributes in cookies:
        assert {"Secure", "SameSite=Lax"} <= set(attributes)


def test_new_session_each_time(visit: Visit, pages: PageServer, fresh_name: FreshName) -> None:
    """Signing in never takes over a session that was there before, and ends it."""
    name = fresh_name()
    visitor = visit(pages).register(name)
    before = dict(visitor.http.cookies)
    page = visitor.get("logout")  # a form with a token, while still signed in
    token = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    assert token
    visitor.http.post(pages.at("login"), data={"_xsrf": token[1], "name": name, "password": PASSWORD})
    assert visitor.session_cookie not in before.values()
    thief = visit(pages)
    thief.http.cookies.update(before)
    assert thief.get("").status_code == 302


def test_forged_cookie(learner: Visitor, stranger: Visitor) -> None:
    """A changed or made-up cookie is nobody's session."""
    name = next(c.name for c in learner.http.cookies.jar if c.name.startswith("stepwise"))
    for value in ("x", learner.session_cookie[:-1] + "0", "2|1:0|10:1700000000|4:name|4:dGVzdA==|0000"):
        stranger.http.cookies.set(name, value)
        assert stranger.get("").status_code == 302


def test_new_password_ends_sessions(
    visit: Visit, pages: PageServer, platform: Platform, fresh_name: FreshName
) -> None:
    """When a password is set anew, sessions begun with the old one are over."""
    name = fresh_name()
    visitor = visit(pages).register(name)
    assert visitor.get("").status_code == 200
    set_password(platform, name, "another seven herons")
    assert visitor.get("").status_code == 302


def test_same_name_at_once(visit: Visit, pages: PageServer, fresh_name: FreshName) -> None:
    """Of two people who register one name at once, exactly one gets it."""
    name = fresh_name()
    visitors = [visit(pages) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda v: v.fill_in("register", name=name, password=PASSWORD).status_code, visitors)
        )
    assert sorted(answers) == [302, 409, 409, 409]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/school/\\x"]
)
def test_no_open_redirect(visit: Visit, pages: PageServer, fresh_name: FreshName, target: str) -> None:
    """Signing in leads to no other host, however the address is written."""
    visitor = visit(pages)
    page = visitor.get("register", params={"next": target})
    assert "evil" not in page.text
    token = visitor.http.cookies["_xsrf"]
    sent = {"_xsrf": token, "next": target, "name": fresh_name(), "password": PASSWORD}
    assert visitor.http.post(pages.at("register"), data=sent).headers["Location"] == "/school/"


def test_logout_by_link(learner: Visitor) -> None:
    """A link or an image cannot sign anybody out."""
    assert "Sign out?" in learner.get("logout").text
    assert learner.get("").status_code == 200
