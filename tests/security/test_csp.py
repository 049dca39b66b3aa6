"""The headers on every response, and what the policy stops in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from courses.web.security import CONTENT_SECURITY_POLICY, course_file_headers
from tests.page_fixtures import PASSWORD, Visitor
from tests.page_server import PageServer

EVERYWHERE = (
    "login",
    "stepwise/static/site.css",
    "healthz",
    "lab",
    "api/kernels",
    "no/such/page",
    "static/favicon.ico",
)


@pytest.mark.parametrize("path", EVERYWHERE)
def test_headers_everywhere(stranger: Visitor, learner: Visitor, path: str) -> None:
    """Pages, files, redirects, refusals and other packages' handlers: all carry the headers."""
    for person in (stranger, learner):
        headers = person.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["X-Request-Id"]
        assert "Server" not in headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self'; script-src 'self'")
        assert not re.search(r"script-src[^;]*(unsafe|blob:|data:|strict-dynamic|\*|http)", policy)


def test_policy() -> None:
    """No inline script runs; nothing is framed, embedded or sent elsewhere."""
    policy = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert policy["script-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"


@pytest.mark.parametrize(
    ("path", "kind", "download"),
    [
        ("images/a.png", "image/png", False),
        ("a.svg", "image/svg+xml", False),
        ("data/a.csv", "text/csv; charset=utf-8", False),
        ("x.js", "application/octet-stream", True),
        ("x.mjs", "application/octet-stream", True),
        ("x.html", "application/octet-stream", True),
        ("x.xhtml", "application/octet-stream", True),
        ("x.xml", "application/octet-stream", True),
        ("x.css", "application/octet-stream", True),
        ("X.PNG.HTML", "application/octet-stream", True),
        ("module.py", "application/octet-stream", True),
        ("noname", "application/octet-stream", True),
    ],
)
def test_course_files(path: str, kind: str, download: bool) -> None:
    """A course's file is sandboxed, and never anything that a browser would run."""
    headers = course_file_headers(path)
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["Content-Type"] == kind
    assert ("Content-Disposition" in headers) is download


@pytest.mark.browser
def test_in_a_browser(pages: PageServer, chromium: Browser, fresh_name: Callable[[], str]) -> None:
    """The page's own script runs; an inline script, a handler, eval and another host's do not."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(pages.at("register?next=/school/learn/a/b"))
    page.get_by_label("Name").fill(fresh_name())
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url("**/learn/a/b")
    assert page.evaluate("[window.ours, window.theirs, window.handler, window.evaluated]") == [
        1,
        None,
        None,
        False,
    ]
    page.evaluate(
        """() => {
            window.stopped = [];
            addEventListener("securitypolicyviolation", (e) => window.stopped.push(e.effectiveDirective));
            const add = (tag, fields) =>
                document.body.append(Object.assign(document.createElement(tag), fields));
            const code = new Blob(["window.late = 1"], {type: "text/javascript"});
            add("script", {textContent: "window.late = 1"});
            add("script", {src: "data:text/javascript,window.late=1"});
            add("script", {src: URL.createObjectURL(code)});
            add("iframe", {srcdoc: "<script>parent.late = 1<\\/script>"});
            add("object", {data: "/school/login"});
            add("base", {href: "https://evil.example/"});
            fetch("https://evil.example/").catch(() => window.stopped.push("fetch"));
        }"""
    )
    expected = {"script-src-elem", "object-src", "base-uri", "connect-src", "fetch"}
    page.wait_for_function(
        "expected => expected.every(one => window.stopped.includes(one))", arg=sorted(expected)
    )
    assert page.evaluate("[window.late ?? null, document.baseURI.includes('evil')]") == [None, False]
    context.close()


@pytest.mark.browser
def test_own_websocket_allowed(pages: PageServer, chromium: Browser) -> None:
    """`connect-src 'self'` lets a page open its own server's websocket, and no other's."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(pages.at("login"))
    stopped = page.evaluate(
        """async (own) => {
            const stopped = [];
            addEventListener("securitypolicyviolation", (e) => stopped.push(e.blockedURI));
            for (const address of [own, "ws://evil.example/x"]) {
                await new Promise((done) => {
                    try {
                        const socket = new WebSocket(address);
                        socket.onerror = socket.onopen = done;
                    } catch { done(); }
                });
            }
            return stopped;
        }""",
        pages.at("healthz").replace("http:", "ws:"),
    )
    assert all("evil" in address for address in stopped)
    assert stopped
    context.close()
