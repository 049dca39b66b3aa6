"""Coming back costs little: what a browser has, it does not ask for again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Request, expect

from benchmarks.browser import Traffic
from tests.browser.conftest import Learner

pytestmark = pytest.mark.browser


def go_on(someone: Learner) -> None:
    """To the step with an example."""
    someone.step("k-read").control.get_by_role("button", name="Continue").click()
    expect(someone.page.locator("#step-k-choice")).to_be_visible()


def use_code(someone: Learner) -> None:
    """Until the page is connected to its kernel: then all has been loaded."""
    with someone.page.expect_websocket():
        someone.page.get_by_role("button", name="Edit and run").first.click()


def test_a_second_visit_asks_about_nothing_that_the_browser_has(learner: Callable[..., Learner]) -> None:
    """No conditional request, although the code is used as well."""
    ada = learner().join().open("kinds")
    go_on(ada)
    use_code(ada)
    traffic = Traffic().listen(ada.context.new_cdp_session(ada.page))
    ada.open("kinds")
    use_code(ada)
    assert any("/session" in address for address in traffic.asked)
    assert traffic.conditional == []


def test_who_only_reads_and_answers_does_not_load_what_runs_code(learner: Callable[..., Learner]) -> None:
    """Voilà's front end, most of the page's weight, comes with the first use of code."""
    ada = learner().join()
    asked: list[Request] = []
    ada.page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright marks it
    ada.open("kinds")
    go_on(ada)
    assert [request.url for request in asked if "voila" in request.url] == []
    use_code(ada)
    assert any("voila.js" in request.url for request in asked)


def test_what_is_announced_is_what_the_page_needs(learner: Callable[..., Learner]) -> None:
    """Styles, script and what that imports, by the very addresses that the page asks for."""
    ada = learner().register()
    asked: list[str] = []
    ada.page.on("request", lambda request: asked.append(request.url))
    with ada.page.expect_response(lambda response: response.url.endswith("/learn/atlas/kinds")) as page:
        ada.open("kinds")
    expect(ada.page.locator("body[data-ready]")).to_be_visible()
    announced = re.findall(r"<([^>]+)>; rel=(\w+)", page.value.header_value("link") or "")
    assert [rel for _, rel in announced] == ["preload", "modulepreload", "modulepreload"]
    assert [address for address, _ in announced if ada.url.rstrip("/") + address not in asked] == []
