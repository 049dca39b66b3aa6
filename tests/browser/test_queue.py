"""A queue that is really full: who waits is told so, and endless loops are their sender's own affair."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Learner, Published
from tests.serve import serving

pytestmark = [pytest.mark.browser, pytest.mark.soak]
MakeLearner = Callable[..., Learner]
RIGHT = "def greet(name):\n    return 'Hello, ' + name"
LOOP = "while True:\n    pass"
ONE_AT_A_TIME = {"STEPWISE_GRADINGS_AT_ONCE": "1", "STEPWISE_GRADINGS_WAITING": "1"}


def control_on(page: Page) -> Locator:
    return page.locator("#step-c-greet .sw-checkpoint")


def submit(page: Page, code: str) -> Locator:
    """Write code into the exercise, check it, and return the control."""
    control = control_on(page)
    control.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)
    control.get_by_role("button", name="Check").click()
    return control


def at_the_exercise(someone: Learner) -> Page:
    someone.register().open("code")
    someone.step("c-read").control.get_by_role("button", name="Continue").click()
    expect(control_on(someone.page)).to_be_visible()
    return someone.page


def test_a_full_queue_is_told_and_loops_slow_nobody_else(
    learner: MakeLearner, published: Published, tmp_path: Path
) -> None:
    """One place, one in line: the second waits, the third is refused, and each keeps what they wrote."""
    data = published.copy(tmp_path / "data")
    with serving(data, published.courses, **ONE_AT_A_TIME) as served:
        ada, bob, cy = (at_the_exercise(learner(url=served.url)) for _ in range(3))
        also_ada = ada.context.new_page()
        also_ada.goto("learn/atlas/code")

        looping = submit(ada, LOOP)
        expect(looping.locator(".sw-queue")).to_have_text("Checking…")
        submit(also_ada, LOOP)
        waiting = submit(bob, RIGHT)
        queue = waiting.locator(".sw-queue")
        expect(queue).to_contain_text("Yours waits for its turn. It is next.")
        expect(queue).to_have_role("status")
        refused = submit(cy, RIGHT)
        expect(refused.locator(".sw-note")).to_contain_text("Press the button again in a minute.")
        expect(refused.locator(".cm-content")).to_contain_text("return 'Hello, ' + name")

        expect(looping).to_contain_text("your code ran too long")
        expect(bob.locator("#step-c-last")).to_be_visible()
        expect(queue).to_have_text("")
        expect(control_on(also_ada)).not_to_contain_text("your code ran too long")
        refused.get_by_role("button", name="Check").click()
        expect(refused.locator(".sw-note")).to_have_text("")
        expect(cy.locator("#step-c-last")).to_be_visible()
