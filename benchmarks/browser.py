"""A real Chromium, and what its network does while a page is opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from tests.conftest import CHROMIUM_FLAGS, find_chromium
from tests.integration.harbour import Guest

SIZE: Any = {"width": 1280, "height": 900}
QUIET_MS, LONGEST_MS = 1500, 30_000
"""A page has been loaded when nothing has come for so long. Long polls never end, so they do not count."""
_CONDITIONAL = {"if-none-match", "if-modified-since"}
SAYS_READY = "the page is ready"
"""On its console: who asks a page whether it is ready has a script of his own run before it is painted."""
_READY = f"""new MutationObserver((_, observer) => {{
  if (document.body?.dataset.ready === undefined) return;
  window.readyAt = performance.now();
  observer.disconnect();
  console.debug("{SAYS_READY}");
}}).observe(document, {{attributeFilter: ["data-ready"], subtree: true}});"""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@contextmanager
def window_of(browser: Browser, guest: Guest) -> Iterator[Page]:
    """A new window with an empty cache, in which the guest is signed in."""
    context: BrowserContext = browser.new_context(viewport=SIZE, base_url=guest.served.url)
    cookies = [(cookie.name, cookie.value or "") for cookie in guest.http.cookies.jar]
    context.add_cookies([{"name": name, "value": value, "url": guest.served.url} for name, value in cookies])
    context.add_init_script(_READY)
    yield context.new_page()
    context.close()


@dataclass
class Traffic:
    """What went over the network: compressed bytes with headers, and requests that left the browser."""

    received: dict[str, float] = field(default_factory=dict)
    """Bytes by address."""
    asked: list[str] = field(default_factory=list)
    events: int = 0
    _conditional: set[str] = field(default_factory=set)
    _addresses: dict[str, str] = field(default_factory=dict)
    _cached: set[str] = field(default_factory=set)

    def listen(self, session: CDPSession) -> "Traffic":
        session.on("Network.requestWillBeSent", self._requested)
        session.on("Network.requestServedFromCache", lambda event: self._cached.add(event["requestId"]))
        session.on("Network.requestWillBeSentExtraInfo", self._sent)
        session.on("Network.responseReceived", self._answered)
        session.on("Network.responseReceivedExtraInfo", self._status)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")
        return self

    @property
    def conditional(self) -> list[str]:
        """Addresses that were asked whether they have changed."""
        return [self._addresses.get(request, request) for request in sorted(self._conditional)]

    def _requested(self, event: dict[str, Any]) -> None:
        self.events += 1
        self._addresses[event["requestId"]] = event["request"]["url"]

    def _sent(self, event: dict[str, Any]) -> None:
        if _CONDITIONAL & {name.lower() for name in event["headers"]}:
            self._conditional.add(event["requestId"])

    def _status(self, event: dict[str, Any]) -> None:
        if event["statusCode"] == 304:
            self._conditional.add(event["requestId"])

    def _answered(self, event: dict[str, Any]) -> None:
        response = event["response"]
        local = response["url"].startswith(("data:", "blob:"))
        if not local and not response.get("fromDiskCache") and event["requestId"] not in self._cached:
            self.asked.append(response["url"])

    def _finished(self, event: dict[str, Any]) -> None:
        self.events += 1
        address = self._addresses.get(event["requestId"], "")
        self.received[address] = self.received.get(address, 0.0) + event["encodedDataLength"]


def visit(page: Page, address: str, *, with_code: bool = False) -> Traffic:
    """Open the page and wait until it is ready and its network is quiet.

    `with_code` has the first example's code opened for editing, which loads what runs it.
    """
    session = page.context.new_cdp_session(page)
    traffic = Traffic().listen(session)
    page.goto(address, wait_until="commit")
    page.locator("body[data-ready]").wait_for()
    if with_code:
        page.get_by_role("button", name="Edit and run").first.click()
    seen, waited = -1, 0
    while seen != traffic.events and waited < LONGEST_MS:
        seen, waited = traffic.events, waited + QUIET_MS
        page.wait_for_timeout(QUIET_MS)
    session.detach()
    return traffic
