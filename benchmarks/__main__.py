"""`make bench`: what a learner waits for, in a real browser on a real server, as medians and spread.

Each figure is a ratio's raw material: all are taken in one run on one machine, so compare them with one
another and not with another machine's.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from playwright.sync_api import Browser, expect, sync_playwright

from tests.atlas import write_atlas
from tests.browser.conftest import WIDE, Learner
from tests.browser.test_learner_loop import ANSWERS, GOOD, write_code
from tests.conftest import CHROMIUM_FLAGS, find_chromium
from tests.serve import Served, serving

ROUNDS = 7
VISIBLE = """([button, next]) => new Promise((resolve) => {
  const started = performance.now();
  const seen = () => { const e = document.getElementById(next); return e && e.getClientRects().length; };
  new MutationObserver((_, observer) => {
    if (seen()) { observer.disconnect(); requestAnimationFrame(() => resolve(performance.now() - started)); }
  }).observe(document.body, {childList: true, subtree: true});
  button.click();
})"""


def main() -> None:
    """Print a table, and write it as JSON when a file is named."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        courses = Path(folder) / "courses"
        write_atlas(courses)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        with serving(Path(folder) / "data", courses) as served:
            figures = {**answers(browser, served), **pages(browser, served)}
        browser.close()
    for name, values in figures.items():
        low, middle, high = min(values), statistics.median(values), max(values)
        print(f"{name:44} median {middle:7.1f} ms   {low:7.1f} to {high:7.1f}   n={len(values)}")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(figures, indent=1))


def answers(browser: Browser, served: Served) -> dict[str, list[float]]:
    """From the press of Check until the next step is on the screen."""
    question: list[float] = []
    code: list[float] = []
    for _ in range(ROUNDS):
        someone = Learner(browser, served.url, WIDE).register().open("kinds")
        ANSWERS["k-read"](someone)
        expect(someone.page.locator("#step-k-choice")).to_be_visible()
        control = someone.step("k-choice").control
        control.get_by_text("The letter a").click()
        question.append(until_visible(someone, "k-choice", "step-k-many"))
        for step in list(ANSWERS)[2:-1]:
            expect(someone.step(step).section).to_be_visible()
            ANSWERS[step](someone)
        expect(someone.step("k-exercise").control.locator(".cm-content")).to_be_visible()
        write_code(someone, GOOD)
        code.append(until_visible(someone, "k-exercise", "sw-finished-title"))
        someone.context.close()
    return {"answer to next step, question": question, "answer to what follows, code": code}


def until_visible(someone: Learner, step: str, element: str) -> float:
    button = someone.step(step).control.get_by_role("button", name="Check").element_handle()
    return float(someone.page.evaluate(VISIBLE, [button, element]))


def pages(browser: Browser, served: Served) -> dict[str, list[float]]:
    """The home page's answer; the chapter page's first byte, and until its controls can be used."""
    someone = Learner(browser, served.url, WIDE).register().open("kinds")
    cookies = {cookie["name"]: cookie["value"] for cookie in someone.context.cookies()}  # type: ignore[typeddict-item]
    with httpx.Client(base_url=served.url, cookies=cookies) as client:
        home = timed(lambda: client.get("/").raise_for_status())
        chapter = timed(lambda: client.get("/learn/atlas/kinds").raise_for_status())
    interactive = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        someone.page.goto("learn/atlas/kinds", wait_until="commit")
        someone.page.locator("body[data-ready]").wait_for()
        interactive.append(1000 * (time.perf_counter() - started))
    someone.context.close()
    return {
        "home page, whole answer": home,
        "chapter page, whole answer": chapter,
        "chapter page, interactive, warm browser": interactive,
    }


def timed(call: Callable[[], object], rounds: int = 30) -> list[float]:
    """Milliseconds of each of `rounds` calls, after three that do not count."""
    values = []
    for round_ in range(rounds + 3):
        started = time.perf_counter()
        call()
        if round_ >= 3:
            values.append(1000 * (time.perf_counter() - started))
    return values


main()
