"""Trying a passed step again in a real Chromium: the pass stays the step's face, and no word is lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Learner
from tests.browser.test_learner_loop import pass_kinds_until, write_code

pytestmark = pytest.mark.browser
MakeLearner = Callable[..., Learner]
BACK = "Back to my passed answer"
Answer = Callable[[Locator], None]


def chosen(*texts: str) -> Answer:
    def answer(control: Locator) -> None:
        for text in texts:
            control.get_by_text(text, exact=True).click()

    return answer


def typed(text: str) -> Answer:
    return lambda control: control.get_by_role("textbox").fill(text)


def as_presented(_control: Locator) -> None:
    """Lines to order never start in the right one."""


def wrong_parts(control: Locator) -> None:
    control.get_by_role("textbox").fill("2")
    control.get_by_text("no", exact=True).click()


def wrong_code(control: Locator) -> None:
    control.locator(".cm-content").click()
    control.page.keyboard.press("ControlOrMeta+a")
    control.page.keyboard.insert_text("def double(n):\n    return 4\n")


WRONG: dict[str, Answer] = {
    "k-choice": chosen("The letter b"),
    "k-many": chosen("letter b"),
    "k-number": typed("6"),
    "k-text": typed("Blue"),
    "k-order": as_presented,
    "k-predict": typed("1\n2"),
    "k-parts": wrong_parts,
    "k-exercise": wrong_code,
}


def answer_of(control: Locator) -> str:
    """What stands in a control, in words."""
    return str(
        control.evaluate(
            """element => JSON.stringify([
                [...element.querySelectorAll("input, textarea.sw-input")]
                    .map(field => field.type === "text" || !field.type ? field.value : field.checked),
                [...element.querySelectorAll("textarea.sw-input")].map(field => field.value),
                [...element.querySelectorAll(".sw-order .sw-line-text")].map(line => line.textContent),
                element.querySelector(".cm-content")?.textContent,
            ])"""
        )
    )


def expect_passed(control: Locator, answer: str) -> None:
    expect(control).to_have_attribute("data-state", "passed")
    expect(control.locator(".sw-feedback")).to_contain_text("Right")
    expect(control).not_to_contain_text("Not yet")
    assert answer_of(control) == answer


def test_a_wrong_redo_of_any_kind_can_be_left_and_a_reload_shows_the_pass(learner: MakeLearner) -> None:
    """The passed answer is back at once by a button, and after a reload by itself; attempts stay."""
    ada = learner().join().open("kinds")
    pass_kinds_until(ada, "k-exercise")
    expect(ada.step("k-exercise").control.locator(".cm-content")).to_be_visible()
    passed = {step: answer_of(ada.step(step).control) for step in WRONG}
    for step, answer_wrongly in WRONG.items():
        control = ada.step(step).control
        control.get_by_role("button", name="Try again").click()
        answer_wrongly(control)
        ada.step(step).check()
        expect(control.locator(".sw-feedback")).to_contain_text("Not yet")
        assert answer_of(control) != passed[step]
        control.get_by_role("button", name=BACK).click()
        expect(control.get_by_role("button", name="Try again")).to_be_focused()
        expect_passed(control, passed[step])
        expect(control.get_by_role("button", name=BACK)).to_have_count(0)
        expect(control).not_to_contain_text("another text of yours")  # it is in the attempts
    ada.page.reload()
    expect(ada.step("k-exercise").control.locator(".cm-content")).to_be_visible()
    for step in WRONG:
        control = ada.step(step).control
        expect_passed(control, passed[step])
        expect(control.get_by_role("button", name="My attempts (2)")).to_be_visible()
        expect(control).not_to_contain_text("another text of yours")
    assert ada.errors == []


@pytest.mark.parametrize("step", ["k-number", "k-write", "k-parts", "k-exercise"])
def test_half_written_work_at_a_passed_step_is_offered_until_it_is_discarded(
    learner: MakeLearner, step: str
) -> None:
    """After leaving it and after a reload; the step looks passed meanwhile."""
    ada = learner().join().open("kinds")
    pass_kinds_until(ada, step)
    control = ada.step(step).control
    expect(control.get_by_role("button", name="Try again")).to_be_visible()
    passed = answer_of(control)
    control.get_by_role("button", name="Try again").click()
    if step == "k-exercise":
        write_code(ada, "def double(n):\n    # 8765")
    else:
        control.get_by_role("textbox").fill("8765")
    half = answer_of(control)
    control.get_by_role("button", name=BACK).click()
    offer = control.get_by_role("group", name="Another text of yours")
    expect(offer).to_be_visible()
    assert answer_of(control) == passed
    ada.page.reload()
    expect(control).to_have_attribute("data-state", "passed")
    offer.get_by_role("button", name="Show").click()
    expect(offer.locator("pre")).to_contain_text("8765")
    offer.get_by_role("button", name="Go on with it").click()
    expect(offer).to_have_count(0)
    expect(control).to_contain_text("You have passed this step already")
    assert answer_of(control) == half
    control.get_by_role("button", name=BACK).click()
    offer.get_by_role("button", name="Discard it").click()
    ada.page.reload()
    expect(control).to_have_attribute("data-state", "passed")
    expect(offer).to_have_count(0)


def test_code_that_was_played_with_after_the_pass_leads_back_to_it(learner: MakeLearner) -> None:
    """Without “Try again”: the editor of a passed exercise stays open."""
    ada = learner().join().open("code")
    ada.step("c-read").control.get_by_role("button", name="Continue").click()
    good = "def greet(name):\n    return 'Hello, ' + name\n"
    write_code(ada, good, "c-greet")
    ada.step("c-greet").check()
    control = ada.step("c-greet").control
    expect(control).to_have_attribute("data-state", "passed")
    expect(control.get_by_role("button", name=BACK)).to_have_count(0)
    write_code(ada, "print('played')", "c-greet")
    control.get_by_role("button", name=BACK).click()
    expect(control.locator(".cm-content")).to_contain_text("return 'Hello, ' + name")
    expect(control.get_by_role("group", name="Another text of yours")).to_be_visible()
    write_code(ada, "def greet(name):\n    return 'nobody'\n", "c-greet")
    ada.step("c-greet").check()
    expect(control).to_contain_text("Not yet")
    expect(control).to_contain_text("You have passed this step already")
    ada.page.reload()
    expect(control).to_have_attribute("data-state", "passed")
    expect(control.locator(".cm-content")).to_contain_text("return 'Hello, ' + name")
    expect(control.locator(".sw-feedback")).to_have_text(re.compile("Right"))
