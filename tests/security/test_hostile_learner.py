"""A signed-in learner who wants what is another's, what comes later, or more than a learner may."""

import asyncio
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.atlas import SECRETS
from tests.hostile import API, ATLAS, KernelSocket, LiveServer, Person, refused_socket, slot
from tests.page_fixtures import PASSWORD

pytestmark = pytest.mark.xdist_group("live")

Join = Callable[[], Person]
LATER = ("k-choice", "k-many", "k-predict", "k-write", "k-exercise")
"""Locked for whoever has just begun."""


def problem(answer: Any) -> str:
    """The name of a refusal."""
    return str(answer.json()["type"]).removeprefix("urn:stepwise:")


def tells_nothing(text: str) -> bool:
    return not any(word in text for word in SECRETS)


# Kernels


@pytest.fixture
def kernel(join: Join) -> tuple[Person, str]:
    """A learner with a kernel in which a variable waits to be found again."""
    owner = join()
    id_ = owner.kernel()
    with KernelSocket(owner, id_) as socket:
        assert socket.run("mine = 'kept'; print(mine)") == "kept\n"
    return owner, id_


def test_a_kernel_is_its_owners_alone(
    kernel: tuple[Person, str], join: Join, nobody: Person, outsider: Person, root: Person
) -> None:
    """Nobody else sees its model, opens its socket, interrupts it, restarts it or says good-bye for it."""
    owner, id_ = kernel
    for who in (join(), outsider, root):
        assert who.get(f"learn/api/kernels/{id_}").status_code == 404
        assert who.send("POST", f"learn/voila/api/shutdown/{id_}").status_code == 404
        assert refused_socket(who, id_) == 404
        for action in ("interrupt", "restart"):
            assert who.session("kinds", action)["kernel"] != id_
    assert nobody.get(f"learn/api/kernels/{id_}").status_code == 302
    assert nobody.send("POST", f"learn/voila/api/shutdown/{id_}").status_code == 403
    assert refused_socket(nobody, id_) == 403
    with KernelSocket(owner, id_) as socket:
        assert socket.run("print(mine)") == "kept\n"


def test_other_sites_open_no_socket(kernel: tuple[Person, str], live: LiveServer) -> None:
    """A page of another host or port does not get to a kernel with its visitor's cookie."""
    owner, id_ = kernel
    other_port = "http://127.0.0.1:1"
    for origin in ("https://evil.example", other_port, "null", live.origin + ".evil.example"):
        assert refused_socket(owner, id_, origin) == 403


def test_other_sites_start_no_kernel(join: Join, live: LiveServer) -> None:
    """A refused socket has started nothing."""
    owner = join()
    owner.get("learn/atlas/code/session")
    id_ = owner.get("learn/atlas/code/session").json()["kernel"]
    assert refused_socket(owner, id_, "https://evil.example") == 403
    assert owner.get("learn/atlas/code/session").json()["state"] == "off"


@pytest.mark.parametrize(
    "path",
    [
        *("learn/atlas/kinds/session", "learn/atlas/kinds/session?action=restart"),
        *(f"{ATLAS}/steps/k-read/attempts", f"{ATLAS}/steps/k-read/hints", f"{ATLAS}/steps/k-read/show"),
    ],
)
def test_forms_of_other_sites_do_nothing(shared_learner: Person, path: str) -> None:
    """Without this browser's token, or with another's, nothing is done in the learner's name."""
    address = shared_learner.server.at(path)
    body = {"answer": True, "key": "forged"}
    for forged in ({}, {"X-XSRFToken": "x"}, {"X-XSRFToken": "2|aaaaaaaa|" + "b" * 40 + "|1700000000"}):
        assert shared_learner.http.post(address, json=body, headers=forged).status_code == 403
    sneaky = {**shared_learner.xsrf, "Origin": "https://evil.example"}
    assert shared_learner.http.post(address, json=body, headers=sneaky).status_code in (403, 404)
    assert shared_learner.progress()["settled"] == 0


def test_the_cap_holds_however_kernels_are_started(join: Join, live: LiveServer) -> None:
    """All chapters at once, and again, leave no more kernels than a person may have."""
    person = join()
    places = [("atlas", "kinds"), ("atlas", "code"), ("atlas", "hostile"), ("gallery", "room")]
    ids = [person.session(chapter, course=course)["kernel"] for course, chapter in places * 2]
    sessions = live.app.web_app.settings["stepwise_sessions"]

    async def settled() -> int:
        """The number of kernels once nothing starts or ends any more."""
        own = [session for session in sessions._sessions.values() if session.id in ids]
        while tasks := [task for session in own for task in session._tasks]:
            await asyncio.wait(tasks)
        return sum(session.id in sessions.kernels for session in own)

    loop = live.app.io_loop.asyncio_loop
    assert (
        asyncio.run_coroutine_threadsafe(settled(), loop).result(90) <= live.wiring.settings.kernels_per_user
    )


# Order


@pytest.mark.parametrize("step", LATER)
def test_a_locked_step_gives_nothing_and_takes_nothing(join: Join, outsider: Person, step: str) -> None:
    """Its content, attempts, hints, solution, drafts and fragment are refused, and nothing is settled."""
    for who in (join(), outsider):
        answers = [
            who.answer(step, "anything"),
            who.answer(step, True),
            who.answer(step, ["a"], edition=1),
            who.send("POST", f"{ATLAS}/steps/{step}/hints"),
            who.send("POST", f"{ATLAS}/steps/{step}/show"),
            who.get(f"{ATLAS}/steps/{step}"),
            who.get(f"{ATLAS}/steps/{step}/attempts"),
            who.send("PUT", slot(step), {"device": "d", "text": "x", "revision": 1}),
        ]
        assert [(a.status_code, problem(a)) for a in answers] == [(403, "step-locked")] * len(answers)
        fragment = who.get(f"learn/atlas/kinds/steps/{step}")
        assert fragment.status_code == 403
        assert all(tells_nothing(answer.text) for answer in (*answers, fragment))
        assert who.progress()["settled"] == 0


def test_nothing_of_later_steps_is_in_any_answer(join: Join) -> None:
    """Page, chapter, session, drafts, progress: what a beginner may fetch holds no word of the secrets."""
    person = join()
    person.session("kinds")
    paths = ["", "learn/atlas/kinds", "learn/atlas/kinds/session", "learn/atlas/kinds/closing", ATLAS]
    paths += [f"{ATLAS}/chapters/kinds{part}" for part in ("", "/drafts", "/progress")]
    paths += [f"{ATLAS}/progress", f"{API}/progress", f"{API}/courses", f"{API}/me", f"{ATLAS}/steps/k-read"]
    for path in paths:
        answer = person.get(path)
        assert answer.status_code == 200
        assert tells_nothing(answer.text), path
        assert "You have seen every kind" not in answer.text


def test_slots_of_later_cells_take_no_drafts(join: Join) -> None:
    """Not even the ids of locked cells are confirmed."""
    person = join()
    for name in ("cell:cell-5", "cell:cell-99", "scratch:nowhere", "k-nothing"):
        answer = person.send("PUT", slot(name), {"device": "d", "text": "x", "revision": 1})
        assert (answer.status_code, problem(answer)) == (404, "not-found"), name


@pytest.mark.parametrize("edition", [0, 2, 99, -1, "1", 1.5, True, 2**40, None])
def test_other_editions_do_not_open_a_step(shared_learner: Person, edition: object) -> None:
    """An attempt that names an edition, real or not, is held to the order all the same."""
    answer = shared_learner.answer("k-choice", "x", edition=edition)
    assert answer.status_code in (403, 422)
    assert shared_learner.progress()["settled"] == 0


def test_work_is_its_learners_alone(join: Join, outsider: Person) -> None:
    """Another's attempts, drafts and idempotency keys are not to be read, found or reused."""
    ada, eve = join(), join()
    key = uuid.uuid4().hex
    mine = ada.answer("k-read", True, key=key)
    assert mine.status_code == 201
    id_ = mine.json()["attempt"]["id"]
    ada.send("PUT", slot("k-choice"), {"device": "d", "text": "ada's draft", "revision": 1})
    for who in (eve, outsider):
        for query in ("", f"?before={id_ + 1}", f"?before={id_ + 1}&user=1&limit=100", "?learner=1"):
            page = who.get(f"{ATLAS}/steps/k-read/attempts{query}")
            assert page.json() == {"items": [], "next_before": None}, query
        assert who.get(f"{ATLAS}/chapters/kinds/drafts").json() == {"items": []}
        answer = who.answer("k-read", True, key=key)
        assert (answer.status_code, answer.json()["replayed"]) == (201, False)
    assert ada.get(f"{ATLAS}/steps/k-read/attempts").json()["items"][0]["id"] == id_


def test_another_learners_option_ids_are_worth_nothing(join: Join) -> None:
    """An id that a friend has told is none of one's own."""
    ada, eve = join(), join()
    for person in (ada, eve):
        assert person.answer("k-read", True).status_code == 201
    options = ada.get(f"{ATLAS}/steps/k-choice").json()["checkpoint"]["question"]["options"]
    for option in options:
        assert (answer := eve.answer("k-choice", option["id"])).status_code == 422
        assert problem(answer) == "bad-answer"


@pytest.mark.parametrize(
    "extra", [{"role": "instructor"}, {"user": 1}, {"passed": True}, {"preview": True}, {"admin": True}]
)
def test_bodies_do_not_raise_a_role(join: Join, extra: dict[str, object]) -> None:
    """A field too many is refused, in attempts and drafts alike."""
    person = join()
    for answer in (
        person.answer("k-read", True, **extra),
        person.send("PUT", slot("k-read"), {"device": "d", "text": "x", "revision": 1, **extra}),
    ):
        assert answer.status_code == 422
    assert person.progress()["settled"] == 0


def test_forms_and_headers_do_not_raise_a_role(live: LiveServer) -> None:
    """Registering as an administrator, or saying that one is somebody else, makes a plain learner."""
    with Person(live) as person:
        fields = {"admin": "1", "role": "instructor", "is_admin": "true", "id": "1"}
        answer = person.fill_in("register", name=person.name, password=PASSWORD, **fields)
        assert answer.status_code == 302
        claims = {"X-Forwarded-User": "root", "Remote-User": "root", "X-Role": "admin"}
        me = person.get(f"{API}/me?user=1&admin=true", headers=claims).json()
        assert (me["name"], me["admin"]) == (person.name, False)
        assert person.get(ATLAS, headers=claims).json()["role"] == "learner"
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert person.send(method, f"{API}/me", {"admin": True}).status_code == 405
        setup = person.fill_in("setup", name="second root", password=PASSWORD, token="guessed")
        assert setup.status_code == 403


def test_an_instructor_elsewhere_is_a_learner_here(outsider: Person) -> None:
    """Staff of one course move freely in it, and in another they begin at the beginning."""
    own = outsider.get(f"{API}/courses/gallery/chapters/room").json()
    assert (own["preview"], len(own["steps"])) == (True, 2)
    other = outsider.get(f"{ATLAS}/chapters/kinds").json()
    assert (other["preview"], [step["id"] for step in other["steps"]]) == (False, ["k-read"])
    assert outsider.get(ATLAS).json()["role"] == "learner"
    states = {line["id"]: line["state"] for line in other["outline"]}
    assert (states["k-read"], states["k-choice"]) == ("current", "locked")


# Files


def test_a_picture_comes_with_its_step(join: Join, nobody: Person) -> None:
    """The unlocked step's is served, inert; that of a locked step, of the closing or of none is not there."""
    person = join()
    first = person.get("learn/gallery/files/images/first.png")
    assert (first.status_code, first.text) == (200, "PICTURE first")
    assert first.headers["Content-Security-Policy"].startswith("sandbox")
    assert first.headers["Cache-Control"].startswith("private")
    assert first.headers["Vary"] == "Cookie"  # so that a browser shows it to nobody after signing out
    for name in ("second", "last", "unnamed"):
        assert person.get(f"learn/gallery/files/images/{name}.png").status_code == 404
    assert nobody.get("learn/gallery/files/images/first.png").status_code == 302
    person.answer("g-first", True, course="gallery")
    assert person.get("learn/gallery/files/images/second.png").status_code == 200
    assert person.get("learn/gallery/files/images/last.png").status_code == 404


@pytest.mark.parametrize("course", ["atlas", "gallery"])
@pytest.mark.parametrize(
    "path",
    [
        *("course.yml", "kinds.ipynb", "code.ipynb", "room.ipynb", "data/notes.txt", "data/notes.csv"),
        *("tools.py", "private/answers.csv", "private", "images", "images/", ".", "stepwise.db", "secret"),
        *("images/../private/answers.csv", "images/%2e%2e/private/answers.csv", "..%2f..%2fsecret"),
        *("images/..%2fprivate/answers.csv", "%2fetc/passwd", "/etc/passwd", "images%5c..%5cx", "images//x"),
        *("images/second.png%00.png", "IMAGES/second.png", "images/second.png/", "%252e%252e/secret"),
    ],
)
def test_files_that_are_no_pages_business(
    live: LiveServer, shared_learner: Person, shared_outsider: Person, course: str, path: str
) -> None:
    """Sources, data, modules and private files are never served to a learner, however they are asked for."""
    people = [shared_learner] if course == "gallery" else [shared_learner, shared_outsider]
    for person in people:
        status, _, body = live.raw("GET", f"/learn/{course}/files/{path}", person.cookies)
        assert status == 404, path
        assert not re.search("DATA|PRIVATE|MODULE|PICTURE|a note|root:", body)


def test_private_files_are_not_served_even_to_staff(outsider: Person) -> None:
    """They are for tests only."""
    assert outsider.get("learn/gallery/files/images/unnamed.png").status_code == 200
    assert outsider.get("learn/gallery/files/private/answers.csv").status_code == 404
