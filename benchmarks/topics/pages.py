"""The chapter page, with all of its twenty steps unlocked: how soon it is there, and what it costs."""

from functools import partial

from playwright.sync_api import Page

from benchmarks.browser import SAYS_READY, Traffic, chromium, visit, window_of
from benchmarks.course import COURSE, LAST_PROSE, LONG
from benchmarks.figures import OURS, Figure
from benchmarks.peers.environment import Peers
from benchmarks.rounds import contest, milliseconds, say, say_figure
from benchmarks.visitors import course_served, learners, open_page, pass_long_chapter
from tests.integration.harbour import Guest

HOME = "home page, whole answer"
HTML = "chapter page, whole HTML with the prose of all unlocked steps"
PAINT = "chapter page, first contentful paint, warm browser"
READY = "chapter page, interactive, warm browser"
BYTES = "chapter page, received on a first visit"
WITH_CODE = "chapter page, received on a first visit on which code is edited"
SECOND = "chapter page, requests on a second visit with code"
CONDITIONAL = "chapter page, conditional requests on a second visit with code"
ADDRESS = f"learn/{COURSE}/{LONG}"
BYTES_OF = {
    "of which the page's HTML": f"/{ADDRESS}",
    "of which its own styles and scripts": "/stepwise/static/",
    "of which Voilà's front end": "/voila/static/",
    "of which widget extensions": "/voila/labextensions/",
}
"""Where the bytes of a first visit with code come from, by what stands in the address."""
ROUNDS, VISITS = 30, 25
KIB = 1024
ARRIVED = "of which until the whole HTML is in the browser"
_ARRIVED = "performance.getEntriesByType('navigation')[0].responseEnd"
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def measure(_peers: Peers) -> list[Figure]:
    with course_served() as served, learners(served, 1) as guests:
        guest = guests[0]
        pass_long_chapter(guest)
        figures = contest(HOME, "ms", {OURS: lambda _: milliseconds(lambda: guest.get(""))}, ROUNDS)
        figures += contest(HTML, "ms", {OURS: lambda _: milliseconds(partial(_whole_page, guest))}, ROUNDS)
        return figures + _in_browser(guest)


def _whole_page(guest: Guest) -> None:
    if LAST_PROSE not in open_page(guest):
        raise RuntimeError("The page's HTML lacks the prose of its last step.")


def _in_browser(guest: Guest) -> list[Figure]:
    firsts, coding, seconds = [], [], []
    figures: list[Figure] = []
    with chromium() as browser:
        say("first and second visits in new browsers")
        for _ in range(3):
            with window_of(browser, guest) as page:
                firsts.append(visit(page, ADDRESS))
            with window_of(browser, guest) as page:
                coding.append(visit(page, ADDRESS, with_code=True))
                page.goto("about:blank")
                seconds.append(visit(page, ADDRESS, with_code=True))
        with window_of(browser, guest) as page:
            visit(page, ADDRESS)
            moments: dict[str, list[float]] = {PAINT: [], ARRIVED: []}
            figures = contest(READY, "ms", {OURS: lambda _: _open(page, moments)}, VISITS)
            for work, values in moments.items():
                figures.append(Figure(work, OURS, "ms", tuple(values[1:]), figures[0].failure))
    figures += _costs(firsts, coding, seconds)
    for figure in figures[1:]:
        say_figure(figure)
    return figures


def _open(page: Page, moments: dict[str, list[float]]) -> float:
    """Milliseconds after the navigation began until the controls can be used; what was before, too."""
    page.goto("about:blank")
    with page.expect_console_message(lambda message: message.text == SAYS_READY):
        page.goto(ADDRESS, wait_until="commit")
    page.wait_for_function(f"{_PAINTED} !== undefined")
    moments[PAINT].append(float(page.evaluate(_PAINTED)))
    moments[ARRIVED].append(float(page.evaluate(_ARRIVED)))
    return float(page.evaluate("window.readyAt"))


def _costs(firsts: list[Traffic], coding: list[Traffic], seconds: list[Traffic]) -> list[Figure]:
    for address in sorted({address for traffic in seconds for address in traffic.conditional}):
        say(f"  asked for conditionally on a second visit: {address}")
    figures = [
        Figure(work, OURS, "KiB", tuple(_received(traffic) for traffic in visits))
        for work, visits in ((BYTES, firsts), (WITH_CODE, coding))
    ]
    for part, mark in BYTES_OF.items():
        figures.append(Figure(part, OURS, "KiB", tuple(_received(traffic, mark) for traffic in coding)))
    return [
        *figures,
        Figure(SECOND, OURS, "requests", tuple(float(len(traffic.asked)) for traffic in seconds)),
        Figure(CONDITIONAL, OURS, "requests", tuple(float(len(traffic.conditional)) for traffic in seconds)),
    ]


def _received(traffic: Traffic, mark: str = "") -> float:
    """KiB, of the addresses that have the mark in them."""
    return sum(size for address, size in traffic.received.items() if mark in address) / KIB
