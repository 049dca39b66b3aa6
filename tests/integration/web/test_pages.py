"""Sign-in, registration and the home page over HTTP, on a real server and database."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from courses.services.manage_users import create_admin_link, set_role
from courses.services.platform import Platform
from tests.page_fixtures import PASSWORD, Visit, Visitor, make_platform, pass_steps, small_course
from tests.page_server import PageServer, serve_pages

FreshName = Callable[[], str]


def test_register_signs_in(stranger: Visitor, fresh_name: FreshName) -> None:
    """Who registers is signed in and stands on the home page."""
    answer = stranger.fill_in("register", name=(name := fresh_name()), password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/school/")
    assert name in stranger.get("").text


def test_register_taken(stranger: Visitor, learner: Visitor) -> None:
    """Registration says when a name is taken, beside the field, and keeps what was typed."""
    answer = stranger.fill_in("register", name="ROOT", password=PASSWORD)
    assert answer.status_code == 409
    assert 'aria-invalid="true" aria-describedby="name-error name-help"' in answer.text
    assert "This name is taken." in answer.text
    assert 'value="ROOT"' in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("password", ["short", "password123", "1234567890"])
def test_register_weak(stranger: Visitor, fresh_name: FreshName, password: str) -> None:
    """A weak password is refused beside its field, and no account is made."""
    name = fresh_name()
    answer = stranger.fill_in("register", name=name, password=password)
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert stranger.fill_in("login", name=name, password=password).status_code == 401


def test_register_odd_name(stranger: Visitor) -> None:
    """A name that cannot be one is refused beside its field, shown as text."""
    answer = stranger.fill_in("register", name='<b "x">', password=PASSWORD)
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert "<b " not in answer.text


def test_sign_in(learner: Visitor, stranger: Visitor, fresh_name: FreshName) -> None:
    """The right name and password lead to where one wanted to go."""
    name = fresh_name()
    learner.fill_in("logout")
    learner.register(name)
    answer = stranger.fill_in("login?next=/school/learn/birds/part-1", name=name, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/school/learn/birds/part-1")
    assert stranger.get("learn/birds/part-1").text.count(f"{name} in birds/part-1") == 1


def test_sign_out(learner: Visitor) -> None:
    """Signing out ends the session itself: an old cookie is worth nothing, and caches are cleared."""
    cookie = dict(learner.http.cookies)
    answer = learner.fill_in("logout")
    assert (answer.headers["Location"], answer.headers["Clear-Site-Data"]) == ("/school/login", '"cache"')
    learner.http.cookies.update(cookie)
    assert learner.get("").headers["Location"].startswith("/school/login")


def test_already_signed_in(learner: Visitor) -> None:
    """Who is signed in has no use for the entrance."""
    for page in ("login", "register"):
        assert learner.get(page).headers["Location"] == "/school/"


def test_languages(visit: Visit, pages: PageServer) -> None:
    """The entrance speaks the browser's language."""
    german = visit(pages, **{"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"})
    page = german.get("login")
    assert '<html lang="de">' in page.text
    assert "Anmelden" in page.text
    assert page.headers["Content-Language"] == "de"


def test_home_fresh(learner: Visitor) -> None:
    """A newcomer sees every course, with a button that goes to its first step."""
    page = learner.get("").text
    assert 'href="/school/learn/birds/part-1#step-birds-1-1"' in page
    assert 'href="/school/learn/clouds/part-1#step-clouds-1-1"' in page
    assert page.count(">Start</a>") == 2
    assert ">Continue</a>" not in page


def test_home_continues(stranger: Visitor, platform: Platform, fresh_name: FreshName) -> None:
    """Continue goes to exactly the step where one stopped, and the bars say how far one has come."""
    name = fresh_name()
    stranger.register(name)
    pass_steps(platform, name, "birds", "birds-1-1", "birds-1-2", "birds-1-3", "birds-2-1")
    page = stranger.get("").text
    assert re.search(r'href="/school/learn/birds/part-2#step-birds-2-2"[^>]*>Continue</a>', page)
    assert 'aria-valuemax="6" aria-valuenow="4" aria-valuetext="4 of 6 steps"' in page
    assert 'aria-valuemax="3" aria-valuenow="1" aria-valuetext="1 of 3 steps"' in page
    assert page.index("Birds</h2>") < page.index("Clouds</h2>")


def test_home_finished(stranger: Visitor, platform: Platform, fresh_name: FreshName) -> None:
    """A finished course says so and what to do next: first another course, in the end one's own."""
    name = fresh_name()
    stranger.register(name)
    pass_steps(platform, name, "clouds", *(f"clouds-1-{n}" for n in (1, 2, 3)))
    assert "Next: Birds, above." in stranger.get("").text
    for chapter in (1, 2):
        pass_steps(platform, name, "birds", *(f"birds-{chapter}-{n}" for n in (1, 2, 3)))
    page = stranger.get("").text
    assert page.count("You have finished this course.") == 2
    assert "build something small of your own" in page


def test_home_staff(stranger: Visitor, platform: Platform, fresh_name: FreshName) -> None:
    """Staff of a course preview it, and are learners in the others."""
    name = fresh_name()
    stranger.register(name)
    set_role(platform, name, "birds", "instructor")
    page = stranger.get("").text
    assert page.count(">Preview</a>") == 1
    assert page.count(">Start</a>") == 1
    assert "You teach here" in page


def test_health(stranger: Visitor) -> None:
    """The health check answers without a session, also those who want no more than the status."""
    answer = stranger.get("healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    bare = stranger.http.head(stranger.server.at("healthz"))
    assert (bare.status_code, bare.text) == (200, "")


def test_error_page(learner: Visitor) -> None:
    """An error is a page of ours with the request's id, and tells nothing of what failed."""
    answer = learner.get("stepwise/api/v1/fail", headers={"X-Request-Id": "request-12345"})
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] == "request-12345"
    assert "<code>request-12345</code>" in answer.text
    assert "secret detail" not in answer.text


@pytest.fixture
def new_server(
    request: pytest.FixtureRequest, tmp_path: Path, jupyter_folders: None
) -> "Callable[..., PageServer]":
    def start(base_url: str = "/", **settings: str) -> PageServer:
        platform = make_platform(f"sqlite:///{tmp_path / 'new.db'}", **settings)
        request.addfinalizer(platform.store.close)
        (tmp_path / "root").mkdir()
        context = serve_pages(platform, tmp_path / "root", base_url)
        server = context.__enter__()
        request.addfinalizer(lambda: context.__exit__(None, None, None))
        return server

    return start


def test_first_administrator(visit: Visit, new_server: Callable[..., PageServer]) -> None:
    """The printed link makes one administrator, signs them in, and works once."""
    server = new_server()
    platform: Platform = server.app.web_app.settings["stepwise_platform"]
    token = create_admin_link(platform)
    first, second = visit(server), visit(server)
    answer = first.fill_in(f"setup?token={token}", name="head", password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    home = first.get("").text
    assert "Publish the first course" in home
    late = second.fill_in(f"setup?token={token}", name="intruder", password=PASSWORD)
    assert late.status_code == 403
    assert "This link has been used" in late.text


def test_setup_without_token(visit: Visit, new_server: Callable[..., PageServer]) -> None:
    """Nobody becomes administrator without the link."""
    visitor = visit(new_server())
    for path in ("setup", "setup?token=guess"):
        assert visitor.fill_in(path, name="intruder", password=PASSWORD).status_code == 403


def test_registration_by_code(visit: Visit, new_server: Callable[..., PageServer]) -> None:
    """With registration by code, the wrong code is refused beside its field."""
    visitor = visit(new_server("/a/b/", registration="code", registration_code="heron"))
    wrong = visitor.fill_in("register", name="ada", password=PASSWORD, code="crow")
    assert wrong.status_code == 403
    assert 'id="code-error"' in wrong.text
    right = visitor.fill_in("register", name="ada", password=PASSWORD, code="heron")
    assert right.headers["Location"] == "/a/b/"
    assert "No course yet" in visitor.get("").text


def test_registering_without_end(
    visit: Visit, new_server: Callable[..., PageServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From one address only so many registrations are tried in a while; then the page says to wait."""
    monkeypatch.setattr("courses.web.routes.REGISTRATIONS", 3)
    visitor = visit(new_server())
    answers = [visitor.fill_in("register", name=f"n{n}", password="weak") for n in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Too many tries. Wait " in answers[-1].text


def test_registration_off(visit: Visit, new_server: Callable[..., PageServer]) -> None:
    """With registration off there is no form, and sending one makes no account."""
    visitor = visit(new_server(registration="off"))
    assert "register" not in visitor.get("login").text.split("<main")[1]
    assert "<form" not in visitor.get("register").text
    token = {"_xsrf": visitor.http.cookies["_xsrf"]}
    sent = visitor.http.post(visitor.server.at("register"), data={**token, "name": "a", "password": PASSWORD})
    assert sent.status_code == 403


def test_publishing_shows(visit: Visit, new_server: Callable[..., PageServer]) -> None:
    """A course appears on the home page as soon as it is published."""
    from courses.services.publish_edition import publish_edition

    server = new_server()
    visitor = visit(server).register("ada")
    assert "No course yet" in visitor.get("").text
    publish_edition(server.app.web_app.settings["stepwise_platform"], small_course("a", "Ants"), (), "x")
    assert "Ants</h2>" in visitor.get("").text


def test_refusals_in_german(visit: Visit, pages: PageServer) -> None:
    """What is wrong with a password is said in the browser's language, numbers and all."""
    german = visit(pages, **{"Accept-Language": "de"})
    answer = german.fill_in("register", name="kurz", password="x")
    assert re.search(r"Wähle ein Passwort mit mindestens \d+ Zeichen\.", answer.text)
