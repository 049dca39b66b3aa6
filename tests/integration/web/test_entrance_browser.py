"""The entrance and the home page in a real Chromium: by keyboard, on a phone, read by axe."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from courses.services.platform import Platform
from tests.page_fixtures import PASSWORD, pass_steps
from tests.page_server import PageServer

pytestmark = pytest.mark.browser
FreshName = Callable[[], str]


@pytest.fixture(params=[("light", 1280), ("dark", 360)], ids=["wide-light", "phone-dark"])
def context(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    scheme, width = request.param
    context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 740})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def assert_accessible(page: Page) -> None:
    """No violation that axe knows, and nothing that makes the page scroll sideways."""
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def register(page: Page, pages: PageServer, name: str) -> None:
    page.goto(pages.at("register"))
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Your courses")).to_be_visible()


def test_entrance_is_accessible(page: Page, pages: PageServer) -> None:
    """Each page of the entrance, with and without errors, has no violation."""
    for path in ("login", "register", "setup?token=x"):
        page.goto(pages.at(path))
        assert_accessible(page)
    page.goto(pages.at("login"))
    page.get_by_label("Name").fill("nobody")
    page.get_by_label("Password", exact=True).fill("not a password of anybody")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The name or the password is not right.")
    assert_accessible(page)
    page.goto(pages.at("register"))
    page.get_by_label("Name").fill("root")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_accessible_description(
        "This name is taken. Choose another one. What you sign in with. Your teachers see it."
    )
    assert_accessible(page)


def test_home_is_accessible(page: Page, pages: PageServer, platform: Platform, fresh_name: FreshName) -> None:
    """The home page has no violation before the start, on the way and at the end; nor have errors."""
    register(page, pages, name := fresh_name())
    assert_accessible(page)
    pass_steps(platform, name, "clouds", "clouds-1-1")
    page.goto(pages.at(""))
    assert_accessible(page)
    pass_steps(platform, name, "clouds", "clouds-1-2", "clouds-1-3")
    page.goto(pages.at(""))
    expect(page.get_by_text("You have finished this course.")).to_be_visible()
    assert_accessible(page)
    for path in ("no/such/page", "stepwise/api/v1/fail", "logout"):
        page.goto(pages.at(path))
        assert_accessible(page)


def test_by_keyboard(page: Page, pages: PageServer, fresh_name: FreshName) -> None:
    """Registering, opening a chapter and signing out need no pointer."""
    page.goto(pages.at("register"))
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(fresh_name())
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your courses")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Start").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Part 1 of Birds")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/learn/birds/part-1")
    page.go_back()
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_show_password(page: Page, pages: PageServer) -> None:
    """What was typed can be looked at, and is a password again when it is sent."""
    page.goto(pages.at("login"))
    field = page.get_by_label("Password", exact=True)
    field.fill("something")
    toggle = page.get_by_role("button", name="Show password")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    toggle.click()
    expect(field).to_have_attribute("type", "text")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    toggle.click()
    expect(field).to_have_attribute("type", "password")


def test_place_survives_sign_in(page: Page, pages: PageServer, fresh_name: FreshName) -> None:
    """A link to a step leads to that step, although one has to sign in first."""
    register(page, pages, name := fresh_name())
    page.get_by_role("button", name="Sign out").click()
    page.goto(pages.at("learn/birds/part-1#step-birds-1-2"))
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/learn/birds/part-1#step-birds-1-2")


def test_no_other_host(page: Page, pages: PageServer, fresh_name: FreshName) -> None:
    """No page asks another host for anything, and no script of a page fails."""
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    register(page, pages, fresh_name())
    page.goto(pages.at("no/such/page"))
    assert [address for address in asked if not address.startswith(pages.origin)] == []
    assert failed == []
