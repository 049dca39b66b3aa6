"""axe-core finds nothing to say about any page or state, light and dark, wide and narrow."""

from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WIDE, Learner
from tests.browser.test_learner_loop import pass_kinds_until, typed, write_code

pytestmark = pytest.mark.browser
MakeLearner = Callable[..., Learner]
RULES: dict[Literal["light", "dark"], object] = {
    "light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
"""In the dark only colours are others."""


def violations(someone: Learner) -> str:
    reports = []
    for scheme, rules in RULES.items():
        someone.page.emulate_media(color_scheme=scheme)
        found = Axe().run(someone.page, options={"runOnly": rules})
        reports += [f"{scheme}: {found.generate_report()}"] if found.violations_count else []
    return "".join(reports)


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_page_and_state_is_accessible(learner: MakeLearner, viewport: dict[str, int]) -> None:
    """Sign-in, registration, home, and a chapter with each kind right, wrong, hinted and shown."""
    ada = learner(viewport)
    for page in ("login", "register"):
        ada.page.goto(page)
        assert not violations(ada)
    ada.register()
    assert not violations(ada)
    ada.open("kinds")
    pass_kinds_until(ada, "k-read")
    step = ada.step("k-choice")
    step.control.get_by_text("The letter c").click()
    step.check()
    expect(step.control).to_contain_text("That one is the last.")
    step.control.get_by_role("button", name="Hint 1 of 2").click()
    expect(step.control).to_contain_text("Look at the beginning.")
    assert not violations(ada)
    pass_kinds_until_from_choice(ada)
    write_code(ada, "def double(n):\n    return n / 0")
    ada.step("k-exercise").check()
    expect(ada.step("k-exercise").control).to_contain_text("ZeroDivisionError")
    assert not violations(ada)
    ada.step("k-number").control.get_by_role("button", name="Try again").click()
    typed("k-number", "100")(ada)
    expect(ada.step("k-number").control).to_contain_text("Not yet")
    ada.step("k-number").control.get_by_role("button", name="My attempts").click()
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    assert not violations(ada)
    ada.page.keyboard.press("Escape")
    ada.step("k-number").control.get_by_role("textbox").fill("8765")
    ada.step("k-number").control.get_by_role("button", name="Back to my passed answer").click()
    expect(ada.step("k-number").control.get_by_role("group", name="Another text of yours")).to_be_visible()
    assert not violations(ada)


def test_authors_widgets_are_accessible(learner: MakeLearner) -> None:
    """A slider and a table that the kernel made."""
    ada = learner().join().open("code")
    expect(ada.page.locator("#step-c-read").get_by_role("slider")).to_be_visible(timeout=40_000)
    assert not violations(ada)


def pass_kinds_until_from_choice(someone: Learner) -> None:
    """Go on from a choice that was answered wrongly once."""
    from tests.browser.test_learner_loop import ANSWERS

    for step, answer in list(ANSWERS.items())[1:-1]:
        expect(someone.step(step).section).to_be_visible()
        answer(someone)
        line = someone.page.locator(f"#sw-outline [data-step={step}]")
        expect(line).to_have_attribute("data-state", "passed")
