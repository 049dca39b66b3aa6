"""The connection breaks while what talks to Python is loading: it goes on when there is one again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Learner
from tests.browser.test_kernel import scratch

pytestmark = pytest.mark.browser
MakeLearner = Callable[..., Learner]


class Breaking:
    """A connection that breaks at the first request for a certain address."""

    def __init__(self, at: str) -> None:
        self.at = re.compile(at)
        self.away = self.happened = False

    def __call__(self, route: Route) -> None:
        if not self.happened and self.at.search(route.request.url):
            self.happened = self.away = True
        if self.away:
            route.abort("internetdisconnected")
        else:
            route.continue_()


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(r"/static/.*/voila\.js$", id="entry"),
        pytest.param(r"/static/.*/\d+\.voila\.js$", id="chunk"),
        pytest.param(r"widgets-manager8/static/remoteEntry", id="extension"),
        pytest.param(r"widgets-manager8/static/\d+\.", id="extension-chunk"),
        pytest.param(r"/learn/api/kernels/[^/]+$", id="kernel"),
    ],
)
def test_loading_goes_on_where_the_connection_broke(learner: MakeLearner, at: str) -> None:
    """Run says what it waits for, and runs then, without a reload."""
    ada = learner().join().open("kinds")
    breaking = Breaking(at)
    ada.page.route("**/*", breaking)
    output = scratch(ada, "print(6 * 7)")
    status = ada.page.locator(".sw-scratch .sw-run-status")
    expect(status).to_contain_text("The connection broke while Python was being loaded")
    assert breaking.happened
    breaking.away = False
    expect(output).to_contain_text("42")
    expect(status).to_have_text("")
    ada.page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize(
    ("at", "then"),
    [
        pytest.param(r"/static/.*/\d+\.voila\.js$", "42", id="chunk"),
        pytest.param(r"widgets-manager8/static/\d+\.", "Reload the page to try again", id="extension-chunk"),
    ],
)
def test_a_connection_that_is_away_for_minutes_ends_no_run_in_silence(
    learner: MakeLearner, at: str, then: str
) -> None:
    """Webpack gives up then. Loading begins anew where nothing has begun; else Run says what to do."""
    ada = learner().join()
    ada.page.clock.install()
    ada.open("kinds")
    breaking = Breaking(at)
    ada.page.route("**/*", breaking)
    scratch(ada, "print(6 * 7)")
    area = ada.page.locator(".sw-scratch")
    expect(area).to_contain_text("The connection broke while Python was being loaded")
    ada.page.clock.fast_forward("02:01")
    breaking.away = False
    expect(area.locator(".sw-outputs, .sw-run-status").get_by_text(then)).to_be_visible()
    ada.page.unroute_all(behavior="ignoreErrors")


def test_a_script_that_the_server_does_not_give_asks_for_a_reload(learner: MakeLearner) -> None:
    """As when the server was replaced by another edition of itself; what was not run is said so."""
    ada = learner().join().open("kinds")
    ada.page.route(re.compile(r"/\d+\.voila\.js$"), lambda route: route.fulfill(status=404))
    scratch(ada, "print(6 * 7)")
    status = ada.page.locator(".sw-scratch .sw-run-status")
    expect(status).to_contain_text("Reload the page to try again")
    expect(ada.page.locator(".sw-scratch").get_by_role("button", name="Run")).to_be_visible()
    ada.page.unroute_all(behavior="ignoreErrors")
    ada.page.reload()
    expect(scratch(ada, "print(6 * 7)")).to_contain_text("42")
