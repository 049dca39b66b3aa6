"""The log of a real server: lines of JSON with a request's id, and nothing that is secret."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.integration.harbour import PASSWORD, SESSION, Guest, Harbour, execute
from tests.serve import Served, serving
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("serve")

Guests = Callable[[Served], Guest]
WRONG = "a wrong password of mine"
TYPED = "an answer that nobody else may read"
PRINTED = "printed by code of a learner"


@pytest.fixture(scope="module")
def served(harbour: Harbour, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that says all it can say."""
    mine = harbour.copy(tmp_path_factory.mktemp("logs"))
    with serving(mine.data, mine.courses, STEPWISE_LOG_LEVEL="debug") as served:
        yield served


def log_of(served: Served) -> list[dict[str, Any]]:
    return [json.loads(line) for line in served.log.read_text().splitlines()]


def errors_of(served: Served) -> list[dict[str, Any]]:
    return [line for line in log_of(served) if line["level"] in ("error", "critical")]


def test_a_line_for_each_request(served: Served, guests: Guests) -> None:
    """A request's id in the log is the one that the browser was given; who asked is a number, not a name."""
    guest = guests(served)
    guest.register()
    seen = guest.me()
    wanted = seen.headers["X-Request-Id"]
    wait_for(lambda: wanted in served.log.read_text(), "the request is logged")
    line = next(line for line in log_of(served) if line.get("request_id") == wanted)
    assert line["event"] == "request"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/stepwise/api/v1/me", 200)
    assert (line["user"], line["address"]) == (str(seen.json()["id"]), "127.0.0.1")
    assert line["ms"] >= 0
    assert guest.name not in served.log.read_text()


def test_an_error_page_names_its_line(served: Served, guests: Guests) -> None:
    """The id on an error page leads to the log, where a refusal is no error of the server's."""
    guest = guests(served)
    guest.register()
    page = guest.get("learn/harbour/nowhere")
    assert page.status_code == 404
    assert page.headers["X-Request-Id"] in page.text
    wait_for(lambda: page.headers["X-Request-Id"] in served.log.read_text(), "the request is logged")
    assert errors_of(served) == []


def test_who_leaves_while_waiting_is_no_error(served: Served, guests: Guests) -> None:
    """A page that is closed ends its wait for news at once, and the log has no error of it."""
    guest = guests(served)
    guest.register()
    news = guest.get(SESSION).json()
    with pytest.raises(httpx.ReadTimeout):
        guest.http.get(f"{SESSION}?epoch={news['epoch']}&since={news['version']}", timeout=1)

    def waits() -> list[dict[str, Any]]:
        lines = log_of(served)
        return [line for line in lines if line.get("path", "").endswith("/session") and line["ms"] > 900]

    wait_for(waits, "the wait is over")
    assert errors_of(served) == []


def test_health_is_not_logged(served: Served, guests: Guests) -> None:
    """Being asked for one's health every second fills no log."""
    guests(served).get("healthz").raise_for_status()
    guest = guests(served)
    guest.get("login")
    wait_for(lambda: "/login" in served.log.read_text(), "a later request is logged")
    assert "/healthz" not in served.log.read_text()


def test_no_secret_is_logged(served: Served, guests: Guests) -> None:
    """No password, cookie, token, query, answer or output of a kernel is in the log, at any level."""
    guest, stranger = guests(served), guests(served)
    wait_for(lambda: any("/setup?token=" in line for line in served.lines), "the link is said")
    link = next(found[1] for line in served.lines if (found := re.search(r"token=(\S+)", line)))
    stranger.get(f"setup?token={link}")
    stranger.http.post(f"setup?token={link}", data={"name": "eve", "password": PASSWORD})  # without _xsrf
    stranger.http.post(f"nowhere?token={link}")
    stranger.fill_in("setup?token=not-the-token", name="eve", password=PASSWORD)
    guest.register()
    stranger.name = guest.name
    assert stranger.sign_in(WRONG).status_code == 401
    assert stranger.sign_in().status_code == 302
    guest.answer("t-look", True, "an-idempotency-key")
    guest.answer("t-choose", TYPED, "another-idempotency-key")
    guest.get(f"{SESSION}?epoch=x&since={TYPED.replace(' ', '-')}")
    kernel = guest.start_kernel()

    async def run() -> None:
        async with guest.channels(kernel) as channels:
            shout = f"import os\nos.system('echo {PRINTED} >&2')\nprint('done')"
            await execute(channels, shout, until="done")

    asyncio.run(run())
    done = guest.me().headers["X-Request-Id"]
    wait_for(lambda: done in served.log.read_text(), "the last request is logged")
    log = served.log.read_text()
    cookies = [c.value or "" for one in (guest, stranger) for c in one.http.cookies.jar]
    assert len(cookies) >= 4
    secrets = [PASSWORD, WRONG, TYPED, TYPED.replace(" ", "-"), PRINTED, link, "not-the-token", *cookies]
    assert [secret for secret in secrets if secret in log or json.dumps(secret)[1:-1] in log] == []
    assert "token=" not in log
    assert log_of(served)  # all of it is JSON
