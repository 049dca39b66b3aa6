"""From the press of Check until what follows is on the screen, in a real browser on a real server."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from benchmarks.browser import chromium
from benchmarks.figures import OURS, Figure
from benchmarks.peers.environment import Peers
from benchmarks.rounds import contest
from tests.atlas import write_atlas
from tests.browser.conftest import WIDE, Learner
from tests.browser.test_learner_loop import ANSWERS, GOOD, write_code
from tests.serve import Served, serving

QUESTION = "answer to next step, a question"
CODE = "answer to what follows, code"
ROUNDS = 7
_VISIBLE = """([button, next]) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error(`${next} did not appear`)), 30000);
  const started = performance.now();
  const seen = () => { const e = document.getElementById(next); return e && e.getClientRects().length; };
  new MutationObserver((_, observer) => {
    if (seen()) { observer.disconnect(); requestAnimationFrame(() => resolve(performance.now() - started)); }
  }).observe(document.body, {childList: true, subtree: true});
  button.click();
})"""


def measure(_peers: Peers) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, chromium() as browser:
        courses = Path(folder, "courses")
        write_atlas(courses)
        with serving(Path(folder, "data"), courses) as served:
            code: list[float] = []
            questions = contest(QUESTION, "ms", {OURS: lambda _: _walk(browser, served, code)}, ROUNDS)
    return [*questions, Figure(CODE, OURS, "ms", tuple(code[1:]), questions[0].failure)]


def _walk(browser: Browser, served: Served, code: list[float]) -> float:
    """A new learner's way through the chapter: the question's time, and the code's into `code`."""
    someone = Learner(browser, served.url, WIDE).register().open("kinds")
    try:
        ANSWERS["k-read"](someone)
        expect(someone.page.locator("#step-k-choice")).to_be_visible()
        someone.step("k-choice").control.get_by_label("The letter a").check()
        question = _until_visible(someone, "k-choice", "step-k-many")
        for step in list(ANSWERS)[2:-1]:
            expect(someone.step(step).section).to_be_visible()
            ANSWERS[step](someone)
        expect(someone.step("k-exercise").control.locator(".cm-content")).to_be_visible()
        # What runs code loads when an editor is entered; whoever writes takes longer than that.
        with someone.page.expect_websocket():
            write_code(someone, GOOD)
        someone.page.wait_for_timeout(1000)
        code.append(_until_visible(someone, "k-exercise", "sw-finished-title"))
    finally:
        someone.context.close()
    return question


def _until_visible(someone: Learner, step: str, element: str) -> float:
    button = someone.step(step).control.get_by_role("button", name="Check")
    expect(button).to_be_enabled()
    return float(someone.page.evaluate(_VISIBLE, [button.element_handle(), element]))
