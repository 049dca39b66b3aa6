"""What HTTP itself can get wrong: each has a problem of its own, and the server stays up."""

import logging
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from api_server import BANNED, Served

from courses.api.openapi import SESSION
from courses.api.request import MOST_BYTES
from tests.plain_http import plain_get

ATTEMPTS = "/courses/alpha/steps/first/attempts"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def learner(person: Any) -> httpx.Client:
    return person()


def problem(response: httpx.Response) -> tuple[int, str]:
    """Status and name, of what has to be a problem."""
    assert response.headers["Content-Type"] == "application/problem+json"
    content = response.json()
    assert content["status"] == response.status_code
    assert content["title"]
    assert content["detail"]
    return content["status"], content["type"].removeprefix("urn:stepwise:")


@pytest.mark.parametrize("address", ["/me", "/courses/alpha", "/courses/alpha/steps/first", "/nothing"])
def test_no_browser_keeps_an_answer(learner: httpx.Client, address: str) -> None:
    """It is somebody's own; what nobody keeps, nobody asks about again."""
    response = learner.get(address)
    assert response.headers["Cache-Control"] == "no-store"
    assert "Etag" not in response.headers


def test_the_document_is_everybody_s(learner: httpx.Client) -> None:
    """It is kept, and asked about."""
    response = learner.get("/openapi.json")
    assert response.headers["Cache-Control"] == "no-cache"
    assert (
        learner.get("/openapi.json", headers={"If-None-Match": response.headers["Etag"]}).status_code == 304
    )


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("address", ["", "/", "/nothing", "/courses/alpha/nothing", "/courses/"])
def test_unknown_address(learner: httpx.Client, method: str, address: str) -> None:
    """Whatever is not in the document is a problem too, not a page."""
    assert problem(learner.request(method, address)) == (404, "no-such-address")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE"])
def test_unknown_method(learner: httpx.Client, method: str) -> None:
    """405 names the methods that the address does take."""
    response = learner.request(method, ATTEMPTS)
    assert problem(response) == (405, "method-not-allowed")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize("body", [b"", b"{", b'{"answer": "\xff", "key": "k"}', b"{" * 100_000, b"nonsense"])
def test_malformed_json(learner: httpx.Client, body: bytes) -> None:
    """What is not JSON is 400, whatever it is."""
    assert problem(learner.post(ATTEMPTS, content=body, headers=JSON)) == (400, "malformed-json")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("[]", None),
        ('{"key": "k"}', "answer"),
        ('{"answer": 7, "key": "k"}', "answer"),
        ('{"answer": null, "key": "k"}', "answer"),
        ('{"answer": {"a": 1}, "key": "k"}', "answer"),
        ('{"answer": [[["deep"]]], "key": "k"}', "answer"),
        ('{"answer": "nul \\u0000", "key": "k"}', "answer"),
        ('{"answer": "x"}', "key"),
        ('{"answer": "x", "key": ""}', "key"),
        ('{"answer": "x", "key": 1}', "key"),
        ('{"answer": "x", "key": "%s"}' % ("k" * 65), "key"),
        ('{"answer": "x", "key": "k", "edition": 0}', "edition"),
        ('{"answer": "x", "key": "k", "edition": "1"}', "edition"),
        ('{"answer": "x", "key": "k", "edition": 9999999999}', "edition"),
        ('{"answer": "x", "key": "k", "duration_ms": -1}', "duration_ms"),
        ('{"answer": "x", "key": "k", "SECRET": 1}', "body"),
    ],
)
def test_wrong_shape(learner: httpx.Client, body: str, field: str | None) -> None:
    """A body of the wrong shape is 422 and names the field; what was sent is not repeated."""
    response = learner.post(ATTEMPTS, content=body, headers=JSON)
    assert problem(response) == (422, "rejected")
    assert response.json().get("field") == field
    assert "SECRET" not in response.text


def test_too_large(learner: httpx.Client) -> None:
    """More than a mebibyte is 413, before anything looks at it."""
    exact = b'{"answer": "", "key": "k"}'.ljust(MOST_BYTES)
    assert learner.post(ATTEMPTS, content=exact, headers=JSON).status_code == 422
    assert problem(learner.post(ATTEMPTS, content=exact + b" ", headers=JSON)) == (413, "too-large")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_wrong_content_type(learner: httpx.Client, media_type: str) -> None:
    """Forms of other sites cannot send JSON as JSON; nothing else is accepted."""
    response = learner.post(ATTEMPTS, content=b"{}", headers={"Content-Type": media_type})
    assert problem(response) == (415, "wrong-content-type")


def test_charset_is_welcome(learner: httpx.Client) -> None:
    """A charset beside the content type does no harm."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert learner.post(ATTEMPTS, content=b"{}", headers=headers).json()["field"] == "answer"


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/courses/-alpha", "course"),
        ("/courses/alpha%2Fsteps", "course"),
        ("/courses/alpha%0A", "course"),
        ("/courses/..%2F..%2Fetc", "course"),
        ("/courses/%3Cscript%3E", "course"),
        (f"/courses/{'a' * 101}", "course"),
        ("/courses/alpha/steps/cell%3Afirst", "step"),
        ("/courses/alpha/chapters/%00", "chapter"),
    ],
)
def test_bad_name_in_the_address(learner: httpx.Client, address: str, field: str) -> None:
    """A name that no course could have is refused before the store is asked."""
    response = learner.get(address)
    assert problem(response) == (422, "rejected")
    assert response.json()["field"] == field


def test_address_that_is_no_text(learner: httpx.Client) -> None:
    """Bytes that are not UTF-8 are 400."""
    assert problem(learner.get("/courses/%FF")) == (400, "bad-request")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=many", "before=0", "before=99999999999999999999"]
)
def test_bad_query(learner: httpx.Client, query: str) -> None:
    """A query parameter out of its range is named."""
    response = learner.get(f"{ATTEMPTS}?{query}")
    assert problem(response) == (422, "rejected")
    assert response.json()["field"] == query.partition("=")[0]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_signed_in(person: Any, method: str) -> None:
    """Reading and writing are both told 401, in a problem and not by way of a sign-in page."""
    response = person(signed_in=False).request(method, ATTEMPTS)
    assert problem(response) == (401, "unauthenticated")


def test_without_the_xsrf_token(learner: httpx.Client) -> None:
    """A request that changes something is refused when only the cookie came, as from another site."""
    del learner.headers["X-XSRFToken"]
    response = learner.post(f"{ATTEMPTS.rpartition('/')[0]}/hints")
    assert problem(response) == (403, "cross-site")
    assert "X-XSRFToken" in response.json()["detail"]
    assert learner.get("/courses").status_code == 200


def test_signed_out_and_without_the_xsrf_token(person: Any) -> None:
    """Who is not signed in is told that first."""
    nobody = person(signed_in=False)
    del nobody.headers["X-XSRFToken"]
    assert problem(nobody.post(ATTEMPTS, json={})) == (401, "unauthenticated")


def test_from_another_origin(learner: httpx.Client) -> None:
    """A page of another site gets nothing, even with a session."""
    response = learner.post(ATTEMPTS, json={}, headers={"Origin": "https://elsewhere.example"})
    assert problem(response)[0] == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_authorizer_has_a_say(learner: httpx.Client, method: str) -> None:
    """The server's authorizer can refuse a signed-in person everything, and is asked every time."""
    banned = learner.cookies[SESSION]
    BANNED.add(banned)
    assert problem(learner.request(method, ATTEMPTS)) == (403, "forbidden")
    BANNED.remove(banned)
    assert learner.get(ATTEMPTS).status_code == 200


def test_request_id_is_echoed(learner: httpx.Client) -> None:
    """The caller's request id comes back; one that could forge a line of the log does not."""
    echoed = learner.get("/courses", headers={"X-Request-Id": "my-own-request"})
    assert echoed.headers["X-Request-Id"] == "my-own-request"
    replaced = learner.get("/nothing", headers={"X-Request-Id": "no spaces {here}"})
    assert replaced.headers["X-Request-Id"] == replaced.json()["request_id"] != "no spaces {here}"


@pytest.fixture
def broken_store(served: Served) -> Iterator[None]:
    """A platform whose every use case meets a bug."""
    whole = served.settings["stepwise_platform"]
    served.settings["stepwise_platform"] = None
    yield
    served.settings["stepwise_platform"] = whole


@pytest.mark.usefixtures("broken_store")
def test_a_bug(learner: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    """A bug is 500 with the request's id, which the log has too, with the traceback."""
    with caplog.at_level(logging.ERROR):
        response = learner.get("/courses", headers={"X-Request-Id": "find-me-again"})
    assert problem(response) == (500, "internal-error")
    assert response.json()["request_id"] == "find-me-again"
    assert "NoneType" not in response.text
    [record] = [record for record in caplog.records if "find-me-again" in record.getMessage()]
    assert record.exc_info


class SlowPlatform:
    """Holds every use case up until it is let go."""

    def __init__(self, platform: Any) -> None:
        self._platform, self.asked, self.go_on = platform, threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        self.asked.set()
        assert self.go_on.wait(20)
        return getattr(self._platform, name)


@pytest.fixture
def slow_platform(served: Served) -> Iterator[SlowPlatform]:
    whole = served.settings["stepwise_platform"]
    served.settings["stepwise_platform"] = slow = SlowPlatform(whole)
    yield slow
    slow.go_on.set()
    served.settings["stepwise_platform"] = whole


def test_a_slow_use_case_holds_nobody_up(
    learner: httpx.Client, served: Served, slow_platform: SlowPlatform
) -> None:
    """While a use case waits, the server goes on answering others."""
    answers: list[int] = []
    waiting = threading.Thread(target=lambda: answers.append(learner.get("/courses").status_code))
    waiting.start()
    assert slow_platform.asked.wait(20)
    assert plain_get(f"{served.api}/openapi.json").status_code == 200
    assert not answers
    slow_platform.go_on.set()
    waiting.join(20)
    assert answers == [200]
