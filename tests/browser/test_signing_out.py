"""What stays in a browser when a learner signs out: nothing that the server has, all that it has not."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Learner

pytestmark = pytest.mark.browser

DRAFTS = "Object.values(localStorage).filter((value) => value.includes('half-written'))"


def come_to_an_example(someone: Learner) -> Page:
    someone.open("kinds")
    someone.step("k-read").control.get_by_role("button", name="Continue").click()
    expect(someone.page.locator("#step-k-choice")).to_be_visible()
    return someone.page


def write(page: Page) -> None:
    page.get_by_role("button", name="Edit and run").first.click()
    page.locator(".sw-example .cm-content").first.click()
    page.keyboard.type("# half-written\n")
    page.wait_for_function(f"{DRAFTS}.length")


def sign_out(someone: Learner) -> None:
    someone.page.get_by_role("button", name="Sign out").click()
    expect(someone.page.get_by_role("heading", name="Sign in")).to_be_visible()


def expect_the_draft_after_signing_in(someone: Learner) -> None:
    someone.sign_in()
    expect(someone.page.get_by_role("heading", name="Atlas")).to_be_visible()
    someone.open("kinds")
    expect(someone.page.locator(".sw-example .cm-content").first).to_contain_text("half-written")


def test_sent_drafts_go(learner: Callable[..., Learner]) -> None:
    """The server has them: they are there again when their learner is."""
    ada = learner().join()
    page = come_to_an_example(ada)
    with page.expect_response(lambda response: "/drafts/" in response.url):
        write(page)
    page.wait_for_function(f"JSON.parse({DRAFTS}[0]).acknowledged > 0")
    sign_out(ada)
    page.wait_for_function(f"!{DRAFTS}.length")
    expect_the_draft_after_signing_in(ada)


def test_unsent_drafts_stay(learner: Callable[..., Learner]) -> None:
    """What the server never got is there when its learner is, and is sent."""
    ada = learner().join()
    page = come_to_an_example(ada)
    page.route("**/drafts/*", lambda route: route.abort())
    write(page)
    sign_out(ada)
    page.wait_for_load_state("load")  # the page's scripts have run
    assert page.evaluate(f"{DRAFTS}.length") == 1
    page.unroute("**/drafts/*")
    with page.expect_response(lambda response: "/drafts/" in response.url and response.ok):
        expect_the_draft_after_signing_in(ada)
