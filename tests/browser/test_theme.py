"""Light and dark: one switch, the same on every page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Learner

pytestmark = pytest.mark.browser


def test_a_theme_is_chosen_on_any_page_and_holds_on_all(learner: Callable[..., Learner]) -> None:
    """Home, chapter and error pages have the same button, which says what is chosen."""
    ada = learner().register()
    page = ada.page
    root, switch = page.locator("html"), page.locator("#sw-theme")
    expect(switch).to_have_accessible_name("Colours: as your system")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    switch.click()
    expect(switch).to_have_accessible_name("Colours: light")
    switch.click()
    expect(root).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    ada.open("code")
    assert '<html lang="en" data-theme="dark">' in page.request.get(page.url).text()  # before any script
    expect(switch).to_have_accessible_name("Colours: dark")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    page.goto("learn/atlas/nowhere")
    expect(switch).to_have_accessible_name("Colours: dark")
    switch.click()
    expect(root).not_to_have_attribute("data-theme", "dark")
    ada.open("code")
    expect(switch).to_have_accessible_name("Colours: as your system")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true")
    assert ada.errors == []


def test_the_switch_speaks_the_readers_language(learner: Callable[..., Learner]) -> None:
    """Its words come from the server."""
    ada = learner()
    ada.context.set_extra_http_headers({"Accept-Language": "de"})
    ada.page.goto("login")
    expect(ada.page.locator("#sw-theme")).to_have_accessible_name("Farben: wie das System")
