"""The learner's loop in a real Chromium: sign up, answer every kind, see the next step, come back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.atlas import SECRETS
from tests.browser.conftest import PHONE, WIDE, Learner
from tests.serve import Served

pytestmark = pytest.mark.browser
MakeLearner = Callable[..., Learner]
GOOD = "def double(n):\n    return n * 2\n"


def pass_kinds_until(someone: Learner, last: str) -> None:
    """Answer the chapter's checkpoints in order, rightly, up to and including `last`."""
    for step, answer in ANSWERS.items():
        expect(someone.step(step).section).to_be_visible()
        answer(someone)
        expect(someone.page.locator(f"#sw-outline [data-step={step}]")).to_have_attribute(
            "data-state", "passed"
        )
        if step == last:
            return


def read(someone: Learner) -> None:
    someone.step("k-read").control.get_by_role("button", name="Continue").click()


def choice(someone: Learner) -> None:
    step = someone.step("k-choice")
    step.control.get_by_text("The letter a").click()
    step.check()


def many(someone: Learner) -> None:
    step = someone.step("k-many")
    step.control.get_by_text("letter a").click()
    step.control.get_by_text("letter e").click()
    step.check()


def typed(step_id: str, text: str) -> Callable[[Learner], None]:
    def answer(someone: Learner) -> None:
        step = someone.step(step_id)
        step.control.get_by_role("textbox").fill(text)
        step.control.get_by_role("button", name="Hand in" if step_id == "k-write" else "Check").click()

    return answer


def order(someone: Learner) -> None:
    """By keyboard: move each line up until it stands where it belongs."""
    control = someone.step("k-order").control
    for place, text in enumerate(("first line", "second line", "third line")):
        for _ in range(3):
            lines = control.locator("li").all_inner_texts()
            at = next(i for i, line in enumerate(lines) if text in line)
            if at == place:
                break
            button = control.locator("li").nth(at).get_by_role("button", name="up")
            button.focus()
            someone.page.keyboard.press("Enter")
    someone.step("k-order").check()


def parts(someone: Learner) -> None:
    step = someone.step("k-parts")
    step.control.get_by_role("textbox").fill("2")
    step.control.get_by_text("yes", exact=True).click()
    step.check()


def write_code(someone: Learner, code: str, step_id: str = "k-exercise") -> None:
    editor = someone.step(step_id).control.locator(".cm-content")
    editor.click()
    someone.page.keyboard.press("ControlOrMeta+a")
    someone.page.keyboard.insert_text(code)


def exercise(someone: Learner) -> None:
    write_code(someone, GOOD)
    someone.step("k-exercise").check()


ANSWERS: dict[str, Callable[[Learner], None]] = {
    "k-read": read,
    "k-choice": choice,
    "k-many": many,
    "k-number": typed("k-number", "3"),
    "k-text": typed("k-text", "Green"),
    "k-order": order,
    "k-predict": typed("k-predict", "0\n1"),
    "k-write": typed("k-write", "A map is small and the land is large."),
    "k-parts": parts,
    "k-exercise": exercise,
}


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_learner_passes_every_kind_and_finishes_the_chapter(
    learner: MakeLearner, viewport: dict[str, int]
) -> None:
    """From registration to the end of a chapter, without a reload, on a wide and a 360 px screen."""
    ada = learner(viewport, reduced_motion="no-preference").register().open("kinds")
    expect(ada.page.locator(".sw-step")).to_have_count(1)
    pass_kinds_until(ada, "k-exercise")
    expect(ada.step("k-write").control.locator(".sw-feedback")).to_have_text(re.compile("Handed in"))
    expect(ada.page.get_by_text("You have finished Every kind")).to_be_visible()
    expect(ada.page.get_by_text("You have seen every kind.")).to_be_visible()
    assert ada.progress("kinds")["finished"] is True
    ada.page.goto("")
    expect(ada.page.get_by_role("progressbar").first).to_be_visible()
    assert ada.foreign == []
    assert ada.errors == []


def test_two_learners_at_once_keep_apart(learner: MakeLearner) -> None:
    """One goes on while the other stays; neither sees the other's progress."""
    ada, bo = learner().join().open("kinds"), learner(PHONE).join().open("kinds")
    pass_kinds_until(ada, "k-choice")
    expect(ada.page.locator("#step-k-many")).to_be_visible()
    expect(bo.page.locator(".sw-step")).to_have_count(1)
    pass_kinds_until(bo, "k-read")
    assert (ada.progress("kinds")["settled"], bo.progress("kinds")["settled"]) == (2, 1)


def test_the_page_holds_nothing_of_locked_steps_but_their_titles(learner: MakeLearner) -> None:
    """Neither the page, nor what it loads, nor storage holds an answer or a locked step."""
    ada = learner()
    bodies: list[str] = []
    ada.page.on(
        "response",
        lambda response: (
            bodies.append(response.text())
            if response.headers.get("content-type", "").startswith(("text/html", "application/json"))
            and response.status == 200
            else None
        ),
    )
    ada.register().open("kinds")
    expect(ada.page.locator("#step-k-read .sw-checkpoint button").first).to_be_visible()
    everything = ada.page.content() + "".join(bodies)
    assert [secret for secret in SECRETS if secret in everything] == []
    expect(ada.page.locator("#sw-outline")).to_contain_text("An exercise")


def test_a_wrong_answer_gets_the_feedback_written_for_it(learner: MakeLearner) -> None:
    """The author's words for that very option; then hints one at a time."""
    ada = learner().join().open("kinds")
    pass_kinds_until(ada, "k-read")
    step = ada.step("k-choice")
    step.control.get_by_text("The letter c").click()
    step.check()
    expect(step.control).to_contain_text("That one is the last.")
    expect(step.control).to_contain_text("Not yet")
    step.control.get_by_role("button", name="Hint 1 of 2").click()
    expect(step.control).to_contain_text("Look at the beginning.")
    assert "It is a vowel" not in ada.page.content()


def test_code_feedback_names_the_failing_test_and_the_known_mistake_and_no_hidden_value(
    learner: MakeLearner,
) -> None:
    """Visible tests by message, a declared mistake by its own, the learner's traceback by line."""
    ada = learner().join().open("kinds")
    pass_kinds_until(ada, "k-parts")
    control = ada.step("k-exercise").control
    write_code(ada, "def double(n):\n    return n ** 2\n")
    ada.step("k-exercise").check()
    expect(control).to_contain_text("You square the number. Add it to itself instead.")
    write_code(ada, "def double(n):\n    return 4\n")
    ada.step("k-exercise").check()
    expect(control).to_contain_text("Try other numbers too.")
    write_code(ada, "def double(n):\n    half = n / 0\n    return half\n")
    ada.step("k-exercise").check()
    expect(control).to_contain_text("ZeroDivisionError")
    expect(control).to_contain_text("line 2")
    assert not [secret for secret in ("SECRETHIDDEN", "SECRETSOLUTION") if secret in ada.page.content()]
    assert "14" not in control.inner_text()


def test_after_three_failures_the_solution_can_be_shown_and_the_path_goes_on(learner: MakeLearner) -> None:
    """Nobody is ever stuck: the step is shown, the next one opens, and it can still be passed."""
    ada = learner().join().open("kinds")
    pass_kinds_until(ada, "k-many")
    step = ada.step("k-number")
    for wrong in ("7", "8", "9"):
        typed("k-number", wrong)(ada)
        expect(step.control).to_contain_text("Not yet")
        expect(step.control.get_by_role("textbox")).to_have_value(wrong)
    step.control.get_by_role("button", name="Show me and go on").click()
    step.control.get_by_role("button", name="Show me and go on").last.click()
    expect(ada.page.locator("#step-k-text")).to_be_visible()
    expect(ada.page.locator("#sw-outline [data-step=k-number]")).to_have_attribute("data-state", "shown")
    typed("k-number", "3")(ada)
    expect(ada.page.locator("#sw-outline [data-step=k-number]")).to_have_attribute("data-state", "passed")


def test_reload_brings_back_progress_answers_and_half_written_code(learner: MakeLearner) -> None:
    """What was written a moment ago is there after a reload and on a second device."""
    ada = learner().join().open("kinds")
    pass_kinds_until(ada, "k-parts")
    write_code(ada, "def double(n):\n    # half-written")
    ada.page.reload()
    expect(ada.step("k-exercise").control.locator(".cm-content")).to_contain_text("half-written")
    expect(ada.page.locator("#sw-outline [data-state=passed]")).to_have_count(9)
    expect(ada.step("k-text").control).to_contain_text("Right")

    phone = learner(PHONE, name=ada.name).sign_in()
    expect(phone.page.get_by_role("heading", name="Atlas")).to_be_visible()
    phone.open("kinds")
    expect(phone.step("k-exercise").control.locator(".cm-content")).to_contain_text("half-written")


def test_two_devices_conflicting_drafts_are_both_kept_and_offered(learner: MakeLearner) -> None:
    """Neither device overwrites the other; the newer text of the other one is offered."""
    ada = learner().join().open("kinds")
    pass_kinds_until(ada, "k-parts")
    with ada.page.expect_response(lambda response: "/drafts/" in response.url):
        write_code(ada, "# from the first device")
    second = learner(name=ada.name).sign_in()
    expect(second.page.get_by_role("heading", name="Atlas")).to_be_visible()
    second.open("kinds")
    expect(second.step("k-exercise").control.locator(".cm-content")).to_contain_text("first device")
    with second.page.expect_response(lambda response: "/drafts/" in response.url):
        write_code(second, "# from the second device", "k-exercise")
    ada.page.reload()
    control = ada.step("k-exercise").control
    expect(control.locator(".cm-content")).to_contain_text("first device")
    expect(control).to_contain_text("another device")
    control.get_by_role("button", name="Use it").click()
    expect(control.locator(".cm-content")).to_contain_text("second device")


def test_a_passed_step_can_be_redone_and_an_earlier_attempt_restored(learner: MakeLearner) -> None:
    """Trying again takes nothing back; attempts are listed and can be put back."""
    ada = learner().join().open("kinds")
    pass_kinds_until(ada, "k-many")
    typed("k-number", "6")(ada)
    expect(ada.step("k-number").control).to_contain_text("You counted all of them.")
    typed("k-number", "3")(ada)
    expect(ada.page.locator("#step-k-text")).to_be_visible()
    control = ada.step("k-number").control
    control.get_by_role("button", name="Try again").click()
    control.get_by_role("textbox").fill("100")
    ada.step("k-number").check()
    expect(control).to_contain_text("Not yet")
    expect(control).to_contain_text("You have passed this step already")
    assert ada.progress("kinds")["settled"] == 4
    control.get_by_role("button", name="My attempts (3)").click()
    dialog = ada.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Put back").last.click()
    expect(control.get_by_role("textbox")).to_have_value("6")


def test_quick_guessing_meets_a_pause_that_says_why(learner: MakeLearner) -> None:
    """Two quick wrong choices: Check waits for some seconds and says so."""
    ada = learner().join().open("kinds")
    pass_kinds_until(ada, "k-read")
    step = ada.step("k-choice")
    for text in ("The letter b", "The letter c"):
        step.control.get_by_text(text).click()
        step.check()
        expect(step.control).to_contain_text("Not yet")
    expect(step.control.get_by_role("button", name="Check")).to_be_disabled()
    expect(step.control.get_by_role("button", name="Check")).to_be_enabled(timeout=20_000)


def test_in_a_narrow_window_what_a_run_prints_and_a_verdict_are_in_sight(learner: MakeLearner) -> None:
    """The row below the editor covers neither, with a mouse as well."""
    ada = learner(PHONE).join().open("code")
    ada.step("c-read").control.get_by_role("button", name="Continue").click()
    control = ada.step("c-greet").control
    write_code(
        ada, "def greet(name):\n    return 'nobody'\n" + "# more\n" * 40 + "print('printed')", "c-greet"
    )
    control.get_by_role("button", name="Run").click()
    expect(control.locator(".sw-outputs")).to_contain_text("printed")
    expect(control.locator(".cm-content")).not_to_be_focused()
    expect(control.get_by_role("button", name="Run")).to_be_focused()
    expect(control.locator(".sw-outputs pre").first).to_be_in_viewport()
    control.locator(".cm-content").click()
    control.get_by_role("button", name="Check").click()
    expect(control.locator(".sw-say")).to_contain_text("Not yet")
    expect(control.locator(".sw-say-head")).to_be_in_viewport()


def test_on_a_phone_a_failing_verdict_is_in_sight(chromium: Browser, server: Served) -> None:
    """Check puts the keyboard away, which would cover the verdict, and brings the verdict into view."""
    ada = Learner(chromium, server.url, PHONE, has_touch=True, is_mobile=True)
    try:
        ada.join().open("code")
        ada.step("c-read").control.get_by_role("button", name="Continue").tap()
        control = ada.step("c-greet").control
        editor = control.locator(".cm-content")
        editor.tap()
        expect(editor).to_be_focused()
        ada.page.keyboard.press("ControlOrMeta+a")
        ada.page.keyboard.insert_text("def greet(name):\n    return 'nobody'\n" + "# more\n" * 40)
        control.get_by_role("button", name="Check").tap()
        expect(control.locator(".sw-say")).to_contain_text("Not yet")
        expect(editor).not_to_be_focused()
        expect(control.get_by_role("button", name="Check")).to_be_focused()
        expect(control.locator(".sw-say-head")).to_be_in_viewport()
    finally:
        ada.context.close()
