"""A server with the course, and learners who visit it without a browser."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.course import CELLS, COURSE, LONG, step_ids, write_course
from tests.integration.harbour import Guest
from tests.serve import Served, serving

PATIENCE = 120.0


@contextmanager
def course_served(**settings: Any) -> Iterator[Served]:
    """A real `stepwise serve` with the course published; settings are environment variables."""
    with TemporaryDirectory(prefix="bench-") as folder:
        courses = Path(folder, "courses")
        write_course(courses)
        with serving(Path(folder, "data"), courses, **settings) as served:
            yield served


@contextmanager
def learners(served: Served, count: int) -> Iterator[list[Guest]]:
    """So many, registered. They leave with the block."""
    with ExitStack() as stack:
        guests = [stack.enter_context(Guest(served)) for _ in range(count)]
        for guest in guests:
            answer = guest.register()
            if answer.status_code != 302:
                raise RuntimeError(f"A learner could not register: {answer.status_code}")
        yield guests


def pass_long_chapter(guest: Guest) -> None:
    """All of its steps, so that its page shows all of them."""
    for step in step_ids():
        attempts = f"stepwise/api/v1/courses/{COURSE}/steps/{step}/attempts"
        guest.send(attempts, {"answer": True, "key": f"{guest.name}-{step}"}).raise_for_status()


def open_page(guest: Guest, chapter: str = LONG) -> str:
    """The chapter's page, whole."""
    return str(guest.get(f"learn/{COURSE}/{chapter}").raise_for_status().text)


def await_sleep(guest: Guest, chapter: str = CELLS) -> None:
    """Look now and then: a session that somebody follows has a page, and its kernel stays awake."""
    deadline = time.monotonic() + PATIENCE
    address = f"learn/{COURSE}/{chapter}/session"
    while (state := guest.get(address).raise_for_status().json()["state"]) != "off":
        if time.monotonic() > deadline:
            raise TimeoutError(f"The session is {state} and not off.")
        time.sleep(0.2)


def await_state(guest: Guest, state: str, chapter: str = CELLS) -> None:
    """Follow the session, as a page does, until it is in this state. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE
    address = f"learn/{COURSE}/{chapter}/session"
    news: dict[str, Any] = guest.get(address).raise_for_status().json()
    while news["state"] != state:
        if time.monotonic() > deadline:
            raise TimeoutError(f"The session is {news['state']} and not {state}: {news['notice']}")
        news = guest.get(f"{address}?since={news['version']}&epoch={news['epoch']}").json()
