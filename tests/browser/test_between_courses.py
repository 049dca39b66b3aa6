"""The end of a chapter and of a course in a real Chromium: what comes next, in the course's language."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Learner
from tests.browser.test_accessibility import violations
from tests.browser.test_learner_loop import write_code
from tests.serve import Served, serving
from tests.small_courses import write_small_courses

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("small-courses")]
MakeLearner = Callable[..., Learner]
GOOD = "def doppelt(n):\n    return n * 2\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with three small courses."""
    root = tmp_path_factory.mktemp("small")
    with serving(root / "data", write_small_courses(root / "courses")) as served:
        yield served


def read(someone: Learner, step: str) -> None:
    control = someone.step(step).control
    control.locator("button.primary").click()
    expect(control).to_have_attribute("data-state", "passed")


def panel(someone: Learner) -> Locator:
    return someone.page.locator(".sw-finished")


def test_the_end_of_a_course_leads_to_the_others(learner: MakeLearner, small: Served) -> None:
    """Those one is in the middle of come first; the end is there again after a reload."""
    ada = learner(url=small.url).join()
    ada.page.goto("learn/erde/eins")
    read(ada, "e-eins")
    ada.page.goto("learn/moon/only")
    expect(panel(ada)).to_have_count(0)
    read(ada, "m-read")
    expect(panel(ada)).to_be_focused()
    for _ in ("in place", "after a reload"):
        expect(panel(ada).get_by_role("heading")).to_have_text("You have finished Moon")
        expect(panel(ada).get_by_role("link")).to_have_text(
            ["Go on with Erde", "Start Sun, a small Atlas", "All courses"]
        )
        ada.page.reload()
    assert not violations(ada)
    panel(ada).get_by_role("link", name="Start Sun").click()
    read(ada, "s-read")
    panel(ada).get_by_role("link", name="Go on with Erde").click()
    expect(ada.page).to_have_url(f"{small.url}learn/erde/eins#step-doppelt")


def test_a_german_course_says_in_german_what_comes_next(learner: MakeLearner, small: Served) -> None:
    """To a browser that prefers English, too: first what is left of the course, then the others."""
    ada = learner(url=small.url).join()
    ada.page.goto("learn/erde/zwei")
    read(ada, "e-zwei")
    expect(panel(ada)).to_contain_text("Im Kapitel „Eins“ sind noch Schritte offen.")
    panel(ada).get_by_role("link", name="Dort weitermachen").click()
    read(ada, "e-eins")
    write_code(ada, GOOD, "doppelt")
    ada.step("doppelt").control.locator("button.primary").click()
    expect(panel(ada).get_by_role("heading")).to_have_text("Du hast Erde abgeschlossen")
    expect(panel(ada).get_by_role("link")).to_have_text(
        ["Mit Moon beginnen", "Mit Sun, a small Atlas beginnen", "Alle Kurse"]
    )
    expect(panel(ada).locator("[lang=en]")).to_have_text(["Moon", "Sun, a small Atlas"])
    assert ada.errors == []


def test_a_german_course_says_what_is_amiss_in_german(learner: MakeLearner, small: Served) -> None:
    """Where code stopped, what a test saw, and what the server refuses."""
    ada = learner(url=small.url).join()
    ada.page.goto("learn/erde/eins")
    read(ada, "e-eins")
    control = ada.step("doppelt").control

    def check(code: str) -> None:
        write_code(ada, code, "doppelt")
        control.locator("button.primary").click()

    check("def doppelt(n):\n    return n / 0\n")
    expect(control.locator(".sw-traceback")).to_contain_text("dein Code, Zeile 2, in doppelt")
    expect(control.locator(".sw-tests")).to_contain_text("ZeroDivisionError in Zeile 2 deines Codes.")
    check("def doppelt(n):\n    return 5\n")
    expect(control.locator(".sw-tests")).to_contain_text("doppelt(2) ergab 5, erwartet war 4.")
    check(f"# {'x' * 100_000}")
    expect(control.locator(".sw-note")).to_have_text(
        "Die Antwort hat 100002 Bytes. Höchstens 100000 sind erlaubt."
    )


def test_who_has_finished_every_course_is_told_to_build_something(
    learner: MakeLearner, small: Served
) -> None:
    """The home page is the way out of the last one."""
    ada = learner(url=small.url).join()
    for course, chapter, step in (
        ("erde", "zwei", "e-zwei"),
        ("moon", "only", "m-read"),
        ("erde", "eins", "e-eins"),
    ):
        ada.page.goto(f"learn/{course}/{chapter}")
        read(ada, step)
    write_code(ada, GOOD, "doppelt")
    ada.step("doppelt").control.locator("button.primary").click()
    expect(panel(ada)).to_be_visible()
    ada.page.goto("learn/sun/only")
    read(ada, "s-read")
    expect(panel(ada)).to_contain_text("build something small of your own")
    expect(panel(ada).get_by_role("link")).to_have_text(["All courses"])
