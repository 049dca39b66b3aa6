"""Each route, asked by each kind of person: who is answered what, in which shape, and nothing more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from api_course import SECRET
from jsonschema import Draft202012Validator

from courses.api.registry import Route
from courses.api.routes import ROUTES

PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "anonymous": {"signed_in": False},
    "learner": {},
    "instructor elsewhere": {"instructor_of": "beta"},
    "instructor": {"instructor_of": "alpha"},
    "admin": {"admin": True},
}
STAFF = {"instructor", "admin"}


@dataclass(frozen=True)
class Call:
    """A request to a route, and the status that each of PEOPLE gets.

    `tells` is the one secret that the right answer to a learner holds.
    """

    path: str
    expected: Mapping[str, int]
    body: Callable[[httpx.Client], Any] | None = None
    tells: str = ""


def everybody(status: int) -> dict[str, int]:
    return {person: 401 if person == "anonymous" else status for person in PEOPLE}


def staff(status: int, others: int = 403) -> dict[str, int]:
    return {**everybody(others), **dict.fromkeys(STAFF, status)}


def option(text: str) -> Callable[[httpx.Client], Any]:
    """An attempt that chooses the option with `text`, by the id under which this person sees it."""

    def body(client: httpx.Client) -> Any:
        step = client.get("/courses/alpha/steps/first")
        options = step.json()["checkpoint"]["question"]["options"] if step.is_success else []
        chosen = next((each["id"] for each in options if each["text"]["source"] == text), "")
        return {"answer": chosen, "key": "first-try"}

    return body


def always(**body: Any) -> Callable[[httpx.Client], Any]:
    return lambda _: body


CONTRACTS: Mapping[str, tuple[Call, ...]] = {
    "read_user": (Call("/me", everybody(200)),),
    "list_courses": (Call("/courses", everybody(200)),),
    "open_course": (Call("/courses/alpha", everybody(200)), Call("/courses/gamma", everybody(404))),
    "open_chapter": (
        Call("/courses/alpha/chapters/one", everybody(200)),
        Call("/courses/alpha/chapters/start", everybody(404)),
    ),
    "open_step": (
        Call("/courses/alpha/steps/first", everybody(200)),
        Call("/courses/alpha/steps/second", staff(200)),
        Call("/courses/alpha/steps/third", staff(200)),
        Call("/courses/alpha/steps/hello", everybody(404)),
    ),
    "take_hint": (
        # Staff see all hints from the start, so there is none for them to take.
        Call("/courses/alpha/steps/first/hints", staff(409, others=201), tells="SECRET hint one"),
        Call("/courses/alpha/steps/second/hints", staff(409)),
    ),
    "show_solution": (
        Call("/courses/alpha/steps/first/show", staff(201)),
        Call("/courses/alpha/steps/second/show", staff(201)),
    ),
    "submit_attempt": (
        Call(
            "/courses/alpha/steps/first/attempts",
            everybody(201),
            option("[1, 2, 3]"),
            tells="SECRET feedback one",
        ),
        Call("/courses/alpha/steps/second/attempts", staff(201), always(answer="3", key="k")),
        Call("/courses/alpha/steps/third/attempts", staff(201), always(answer="x = 1", key="k")),
        Call("/courses/alpha/steps/first/attempts", everybody(422), always(answer=True, key="k")),
    ),
    "list_attempts": (
        Call("/courses/alpha/steps/first/attempts", everybody(200)),
        Call("/courses/alpha/steps/second/attempts?limit=1&before=9", staff(200)),
    ),
    "see_waiting": (
        Call("/courses/alpha/steps/first/attempts/waiting?key=k", everybody(200)),
        Call("/courses/alpha/steps/first/attempts/waiting", everybody(422)),
        Call("/courses/alpha/steps/third/attempts/waiting?key=k", staff(200)),
        Call("/courses/alpha/steps/hello/attempts/waiting?key=k", everybody(404)),
    ),
    "read_drafts": (Call("/courses/alpha/chapters/one/drafts", everybody(200)),),
    "save_draft": (
        Call("/courses/alpha/drafts/first", everybody(200), always(device="d", text="half", revision=1)),
        Call(
            "/courses/alpha/drafts/cell%3Afirst-code",
            everybody(200),
            always(device="d", text="x", revision=1),
        ),
        Call("/courses/alpha/drafts/second", staff(200), always(device="d", text="x", revision=1)),
        Call("/courses/alpha/drafts/nowhere", everybody(404), always(device="d", text="x", revision=1)),
    ),
    "read_progress": (Call("/progress", everybody(200)),),
    "read_course_progress": (Call("/courses/alpha/progress", everybody(200)),),
    "read_chapter_progress": (Call("/courses/alpha/chapters/one/progress", everybody(200)),),
}
CASES = [
    pytest.param(route, call, who, id=f"{route.name}-{call.path}-{who}")
    for route in ROUTES
    for call in CONTRACTS.get(route.name, ())
    for who in PEOPLE
]


def check_shape(document: dict[str, Any], route: Route, response: httpx.Response) -> None:
    """The response is one that the document promises for this operation."""
    promised = document["paths"][route.path][route.method.lower()]["responses"][str(response.status_code)]
    media_type = response.headers["Content-Type"]
    schema = promised["content"][media_type]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(response.json())


@pytest.mark.parametrize(("route", "call", "who"), CASES)
def test_route_answers(route: Route, call: Call, who: str, person: Any, document: dict[str, Any]) -> None:
    """Each person gets the status that is theirs, in the promised shape; a learner is told no secret."""
    client = person(**PEOPLE[who])
    body = call.body(client) if call.body else None
    response = client.request(route.method, call.path, json=body)
    assert response.status_code == call.expected[who], response.text
    check_shape(document, route, response)
    if who not in STAFF:
        assert SECRET not in (response.text.replace(call.tells, "") if call.tells else response.text)


def test_every_route_has_a_contract() -> None:
    """A route without a contract, or a contract without a route, fails here."""
    assert set(CONTRACTS) == {route.name for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_route_answers_who_is_not_signed_in(route: Route) -> None:
    """The contracts ask every route as nobody, and expect 401."""
    assert {call.expected["anonymous"] for call in CONTRACTS[route.name]} == {401}
