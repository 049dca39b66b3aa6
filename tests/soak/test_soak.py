"""Slow checks, run by `make soak`: nothing leaks, and nothing acknowledged is ever lost."""

import random
import re
import threading
import uuid
from pathlib import Path

import httpx
import psutil
import pytest

from courses.grading.runner import ProcessGrader
from courses.services.ports import GradingJob
from tests.conftest import Published
from tests.serve import Served, free_port, serving

pytestmark = pytest.mark.soak
PASSWORD = "a long quiet river 9"


def test_gradings_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After two hundred of them: no process, no folder and no descriptor more than before."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    grader, process = ProcessGrader(), psutil.Process()
    job = GradingJob(source="def f(x):\n    return x + 1", tests="assert f(1) == 2")
    grader.grade(job)
    before, others = process.num_fds(), set(process.children(recursive=True))
    outcomes = {grader.grade(job).outcome for _ in range(200)}
    assert outcomes == {"passed"}
    assert set(process.children(recursive=True)) <= others
    assert process.num_fds() <= before
    assert list(tmp_path.iterdir()) == []


def test_every_acknowledged_attempt_survives_a_killed_server(published: Published, tmp_path: Path) -> None:
    """kill -9 at random moments during two hundred attempts: each that was acknowledged is there, once."""
    data, port = published.copy(tmp_path / "data"), free_port()
    acknowledged: list[str] = []
    cookies: dict[str, str] = {}
    moments = random.Random(7)
    while len(acknowledged) < 200:
        with serving(data, published.courses, port=port) as served:
            client = sign_in(served, cookies)
            killer = threading.Timer(moments.uniform(0.5, 4), served.kill)
            killer.start()
            try:
                acknowledged += answer_until_killed(client, 200 - len(acknowledged))
            finally:
                killer.cancel()
                cookies = dict(client.cookies)
                client.close()
    with serving(data, published.courses, port=port) as served, sign_in(served, cookies) as client:
        stored = all_attempts(client)
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)


def sign_in(served: Served, cookies: dict[str, str]) -> httpx.Client:
    """The learner of this test, registered when first needed."""
    client = httpx.Client(base_url=served.url, cookies=cookies, timeout=10)
    if not cookies:
        form = client.get("/register").text
        token = re.search(r'name="_xsrf"[^>]*value="([^"]+)"', form)
        assert token, form
        fields = {"name": "soaker", "password": PASSWORD, "_xsrf": token[1]}
        assert client.post("/register", data=fields).status_code == 302
    return client


def answer_until_killed(client: httpx.Client, most: int) -> list[str]:
    """Texts whose attempts were acknowledged: one of its own for each, so that a lost one is missed."""
    acknowledged: list[str] = []
    url = "/stepwise/api/v1/courses/atlas/steps/k-read/attempts"
    client.headers["X-XSRFToken"] = client.cookies.get("_xsrf", "")
    for _ in range(most):
        key = uuid.uuid4().hex
        try:
            response = client.post(url, json={"answer": True, "key": key})
        except httpx.TransportError:
            break
        if response.status_code == 429:
            break
        assert response.status_code in (200, 201), response.text
        acknowledged.append(str(response.json()["attempt"]["id"]))
    return acknowledged


def all_attempts(client: httpx.Client) -> list[str]:
    found: list[str] = []
    before = ""
    while True:
        address = f"/stepwise/api/v1/courses/atlas/steps/k-read/attempts?limit=50{before}"
        page = client.get(address).raise_for_status().json()
        found += [str(item["id"]) for item in page["items"]]
        if page["next_before"] is None:
            return found
        before = f"&before={page['next_before']}"
