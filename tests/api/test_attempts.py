"""An attempt over HTTP: judged once however often it is sent, and limited in a minute."""

from typing import Any

import httpx
import pytest
from api_course import SECRET

from tests.fakes import ManualClock

STEP = "/courses/alpha/steps/first"
RIGHT, WRONG = "[0, 1, 2]", "[1, 2, 3]"


@pytest.fixture
def learner(person: Any) -> httpx.Client:
    return person()


def choose(client: httpx.Client, text: str, key: str) -> httpx.Response:
    options = client.get(STEP).json()["checkpoint"]["question"]["options"]
    [chosen] = [option["id"] for option in options if option["text"]["source"] == text]
    return client.post(f"{STEP}/attempts", json={"answer": chosen, "key": key, "duration_ms": 1200})


def test_passing_unlocks_the_next_step(learner: httpx.Client) -> None:
    """A right answer says which step it unlocked; that one can be read now, and no other."""
    assert learner.get("/courses/alpha/steps/second").status_code == 403
    result = choose(learner, RIGHT, "k")
    assert result.status_code == 201
    assert result.json()["attempt"]["passed"]
    assert result.json()["unlocked"] == "second"
    assert learner.get("/courses/alpha/steps/second").status_code == 200
    assert learner.get("/courses/alpha/steps/third").json()["type"] == "urn:stepwise:step-locked"


def test_a_retry_is_answered_as_before(learner: httpx.Client) -> None:
    """The same key and answer again is 200 with the stored result; there is one attempt."""
    first, again = choose(learner, RIGHT, "k"), choose(learner, RIGHT, "k")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["replayed"]
    assert again.json()["attempt"] == first.json()["attempt"]
    assert len(learner.get(f"{STEP}/attempts").json()["items"]) == 1


def test_a_key_names_one_answer(learner: httpx.Client) -> None:
    """The same key with another answer is a conflict."""
    choose(learner, WRONG, "k")
    assert choose(learner, RIGHT, "k").json()["type"] == "urn:stepwise:key-reused"


def test_attempts_are_paged(learner: httpx.Client, clock: ManualClock) -> None:
    """Pages are newest first, and `next_before` leads through all of them."""
    for number in range(5):
        clock.advance(60)
        assert choose(learner, WRONG, f"k{number}").status_code == 201
    seen, before = [], ""
    while before is not None:
        page = learner.get(f"{STEP}/attempts?limit=2{before}").json()
        seen += [attempt["id"] for attempt in page["items"]]
        before = f"&before={page['next_before']}" if page["next_before"] else None
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


def test_quick_guesses_are_told_to_wait(learner: httpx.Client) -> None:
    """The pause after quick guesses is 429 with the seconds to wait, in the body and as Retry-After."""
    choose(learner, WRONG, "k1")
    choose(learner, "[0, 1, 2, 3]", "k2")
    refused = choose(learner, RIGHT, "k3")
    assert refused.status_code == 429
    assert refused.json()["type"] == "urn:stepwise:guessing-pause"
    assert int(refused.headers["Retry-After"]) >= refused.json()["retry_after"] > 0


def test_show_me_and_go_on(learner: httpx.Client, clock: ManualClock) -> None:
    """After as many failures as the course asks for, the solution shows and the next step opens."""
    assert learner.post(f"{STEP}/show").status_code == 403
    for number, text in enumerate((WRONG, "[0, 1, 2, 3]")):
        clock.advance(60)
        choose(learner, text, f"k{number}")
    shown = learner.post(f"{STEP}/show")
    assert shown.status_code == 201
    assert shown.json()["unlocked"] == "second"
    assert shown.json()["checkpoint"]["solution"]


def test_hints_run_out(learner: httpx.Client) -> None:
    """One hint at a time, and a conflict when there is none left."""
    taken = [learner.post(f"{STEP}/hints") for _ in range(3)]
    assert [response.status_code for response in taken] == [201, 201, 409]
    assert [len(response.json()["hints"]) for response in taken[:2]] == [1, 2]


def test_an_older_draft_changes_nothing(learner: httpx.Client) -> None:
    """A save that comes late answers what is stored."""
    newer = {"device": "phone", "text": "newer", "revision": 2}
    assert learner.put("/courses/alpha/drafts/first", json=newer).json()["text"] == "newer"
    older = learner.put("/courses/alpha/drafts/first", json={**newer, "text": "older", "revision": 1})
    assert (older.status_code, older.json()["text"]) == (200, "newer")
    [draft] = learner.get("/courses/alpha/chapters/one/drafts").json()["items"]
    assert draft["text"] == "newer"


def test_a_thousand_attempts_in_a_minute(person: Any) -> None:
    """Past the limit every attempt is 429 with the seconds to wait; others are served all the while."""
    hasty, calm = person(), person()
    statuses = []
    for number in range(1000):
        response = hasty.post(f"{STEP}/attempts", json={"answer": "no such option", "key": f"k{number}"})
        statuses.append(response.status_code)
    assert statuses[:60] == [422] * 60
    assert set(statuses[60:]) == {429}
    assert 0 < int(response.headers["Retry-After"]) <= 60
    assert SECRET not in response.text
    assert hasty.get(STEP).status_code == 200
    assert choose(calm, RIGHT, "k").status_code == 201
