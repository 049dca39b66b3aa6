"""The default-deny gate, with all of jupyter_server's stock handlers behind it."""

import re
from typing import Any

import pytest

from courses.web.gate import PUBLIC, SIGNED_IN, Lists
from tests.page_fixtures import Visitor
from tests.page_server import PageServer

KERNEL = "12345678-1234-1234-1234-123456789abc"
CLOSED = (
    *("lab", "lab/tree/x", "lab/api/workspaces", "tree", "tree/x", "notebooks/x.ipynb", "edit/x", "view/x"),
    *("terminals/1", "api/terminals", "api", "api/status", "api/me", "api/contents", "api/contents/x.ipynb"),
    *(
        "api/kernels",
        f"api/kernels/{KERNEL}",
        f"api/kernels/{KERNEL}/channels",
        "api/sessions",
        "api/kernelspecs",
    ),
    *(
        "api/config/x",
        "api/events/subscribe",
        "api/shutdown",
        "api/spec.yaml",
        "api/nbconvert",
        "api/security/csp",
    ),
    *(
        "files/x",
        "nbconvert/html/x.ipynb",
        "metrics",
        "kernelspecs/python3/logo",
        "custom/custom.css",
        "nbextensions/x",
    ),
    *(
        "voila",
        "voila/render/x.ipynb",
        "voila/tree",
        "voila/files/x",
        f"voila/api/shutdown/{KERNEL}",
        "voila/api/x",
    ),
    *(
        "learn",
        "learn/birds",
        "learn/api/kernels",
        "learn/api/kernels/x",
        f"learn/api/kernels/{KERNEL}/restart",
    ),
    *(
        "stepwise/api",
        "stepwise/api/v2/me",
        "stepwise/static",
        "static",
        "static/",
        "login/",
        "login/x",
        "hub/x",
    ),
    *(
        "lab/../login",
        "/login",
        "static//x",
        "stepwise/static/../../lab",
        "stepwise/static/%2e%2e/lab",
        "LOGIN",
    ),
    *("static/..%2flab", "voila/static/..%5c..%5cx", "login%0a", "login;x", "%6cogin"),
)


@pytest.mark.parametrize("path", CLOSED)
def test_closed(path: str) -> None:
    """Every address that nobody named is closed."""
    assert Lists().decide("/school/", f"/school/{path}") == "closed"


@pytest.mark.parametrize(
    ("path", "decision"),
    [
        ("", "signed-in"),
        ("login", "public"),
        ("register", "public"),
        ("setup", "public"),
        ("logout", "public"),
        ("healthz", "public"),
        ("stepwise/static/theme.js", "public"),
        ("voila/static/voila.js", "public"),
        ("voila/labextensions/x/static/y.js", "public"),
        ("learn/birds/part-1", "signed-in"),
        ("learn/birds/part-1/steps/birds-1-1", "signed-in"),
        ("learn/birds/files/images/a%20b.png", "signed-in"),
        (f"learn/api/kernels/{KERNEL}/channels", "signed-in"),
        ("stepwise/api/v1/courses/birds/drafts/cell%3Aabc", "signed-in"),
    ],
)
def test_named(path: str, decision: str) -> None:
    """What is named is open to whom it is named for."""
    assert Lists().decide("/school/", f"/school/{path}") == decision


@pytest.mark.parametrize("path", ["/", "/login", "/schools/login", "/school", "", "http://x/school/login"])
def test_outside_base_url(path: str) -> None:
    """Nothing outside the base URL is served."""
    assert Lists().decide("/school/", path) == "closed"


def test_first_rule(pages: PageServer) -> None:
    """The gate stands before every other rule of the router."""
    assert type(pages.app.web_app.default_router.rules[0].matcher).__name__ == "GateMatcher"


def test_every_stock_route(pages: PageServer) -> None:
    """Each route of the router is ours, named for the public as a static file, or closed."""
    open_ones = set()
    for path in _sample_paths(pages.app.web_app.default_router.rules[1:]):
        if Lists().decide("/school/", path) != "closed":
            open_ones.add(re.sub(r"~", "", path))
    ours = {"", "login", "register", "setup", "logout", "healthz", "status", "stepwise/static/x", "learn/x/x"}
    assert open_ones <= {
        f"/school/{path}" for path in ours | {"static/x", "favicon.ico", "stepwise/api/v1/fail"}
    }


def _sample_paths(rules: list[Any]) -> set[str]:
    """A path for each pattern of the router, with x for every variable part."""
    paths = set()
    for rule in rules:
        inner = getattr(rule.target, "rules", None)
        if inner is not None:
            paths |= _sample_paths(inner)
        elif pattern := getattr(rule.matcher, "regex", None):
            plain = re.sub(r"\((?:[^()]|\([^()]*\))*\)[?*+]?", "x", pattern.pattern.rstrip("$"))
            paths.add(re.sub(r"/\?$|\\", "", plain))
    return paths


@pytest.mark.parametrize(
    "path", ["lab", "tree", "api/contents", "api/kernels", "files/x", "metrics", "voila/render/x"]
)
def test_nobody_of_any_role(stranger: Visitor, learner: Visitor, administrator: Visitor, path: str) -> None:
    """Strangers are sent to sign in; a learner and an administrator alike find nothing there."""
    redirect = stranger.get(path)
    assert redirect.status_code == 302
    assert redirect.headers["Location"].startswith("/school/login?next=")
    for person in (learner, administrator):
        answer = person.get(path)
        assert answer.status_code == 404
        assert "There is nothing here" in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods(stranger: Visitor, administrator: Visitor, method: str) -> None:
    """No method opens what is closed: no kernel, no file, no terminal."""
    token = administrator.http.cookies["_xsrf"]
    for path in ("api/kernels", "api/contents/x", "api/terminals", "api/shutdown", "lab"):
        for person in (stranger, administrator):
            answer = person.http.request(method, person.server.at(path), headers={"X-XSRFToken": token})
            assert answer.status_code in (302, 403, 404), (path, answer.status_code)
    assert administrator.get("").status_code == 200


def test_signed_in_routes_ask(stranger: Visitor) -> None:
    """Every address for signed-in people sends a stranger away, whatever they send."""
    for path in ("", "learn/birds/part-1", "stepwise/api/v1/fail"):
        for headers in (
            {},
            {"Authorization": "token x"},
            {"Authorization": "Bearer x"},
            {"Cookie": "username-x=1"},
        ):
            answer = stranger.get(path, headers=headers)
            assert answer.status_code == 302, (path, headers)
        assert stranger.get(path + "?token=").status_code == 302


def test_websocket_closed(stranger: Visitor, administrator: Visitor) -> None:
    """The stock kernel channel does not upgrade for anybody."""
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    for person in (stranger, administrator):
        answer = person.get(f"api/kernels/{KERNEL}/channels", headers=upgrade)
        assert answer.status_code in (302, 403, 404)


def test_patterns_are_whole() -> None:
    """No pattern is open at its beginning, where a longer path could hide."""
    assert all(pattern.startswith("/") for pattern in (*PUBLIC, *SIGNED_IN))
