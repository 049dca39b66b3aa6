"""Coming back costs little: what a browser has, it does not ask for again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Request

from tests.browser.conftest import Learner

pytestmark = pytest.mark.browser
CONDITIONS = {"if-none-match", "if-modified-since"}


def test_a_second_visit_asks_about_nothing_that_the_browser_has(learner: Callable[..., Learner]) -> None:
    """No conditional request, until the page is connected to its kernel: then all has been loaded."""
    ada = learner().register()
    with ada.page.expect_websocket():
        ada.open("kinds")
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    ada.page.on("request", note)
    with ada.page.expect_websocket():
        ada.open("kinds")
    assert any("/session" in request.url for request in asked)
    assert [request.url for request in asked if CONDITIONS & set(request.all_headers())] == []
