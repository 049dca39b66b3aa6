"""Every rule of the running server's router, each with a decision that somebody made."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tornado.routing import AnyMatches, HostMatches, PathMatches

from courses.models.course import Cell
from courses.services.publish_edition import publish_edition
from courses.web.gate import PUBLIC, SIGNED_IN, GateMatcher, Lists
from courses.web.proxies import ForwardedHeaders
from tests.atlas import SECRETS
from tests.hostile import LiveServer, Person, gallery

pytestmark = pytest.mark.xdist_group("live")

KERNEL = "12345678-1234-1234-1234-123456789abc"
API = "/stepwise/api/v1"
COURSE = f"{API}/courses/<course>"
CHAPTER = "/learn/<course>/<chapter>"

ROUTES = {
    "public": {
        *("/login", "/register", "/setup", "/logout", "/healthz", f"{API}/openapi.json"),
        *("/stepwise/static/<>", "/voila/static/<>", "/voila/labextensions/<>"),
        *("/static/<>", "/<favicon.ico>"),
    },
    "signed-in": {
        *(
            "/",
            "/status",
            f"{CHAPTER}/?",
            f"{CHAPTER}/steps/<step>",
            f"{CHAPTER}/closing",
            f"{CHAPTER}/session",
        ),
        *("/learn/<course>/files/<path>", "/learn/voila/api/shutdown/<kernel_id>"),
        *("/learn/api/kernels/<kernel_id>", "/learn/api/kernels/<kernel_id>/channels"),
        *(f"{API}/me", f"{API}/progress", f"{API}/courses", COURSE, f"{COURSE}/progress"),
        *(f"{COURSE}/steps/<step>", f"{COURSE}/steps/<step>/hints", f"{COURSE}/steps/<step>/show"),
        *(f"{COURSE}/steps/<step>/attempts", f"{COURSE}/steps/<step>/attempts/waiting"),
        *(f"{COURSE}/drafts/<slot>", f"{COURSE}/chapters/<chapter>"),
        *(f"{COURSE}/chapters/<chapter>/drafts", f"{COURSE}/chapters/<chapter>/progress", f"{API}/<?>"),
    },
    "closed": {
        *("/files/<>", "/api", "/metrics", "/<robots.txt>", "/<robots.txt|favicon.ico>", "/.*/", "<>"),
    },
}
"""The decision on every pattern of the router, as `readable` writes them."""

SAMPLES = {
    "<course>": "atlas",
    "<chapter>": "kinds",
    "<step>": "k-choice",
    "<slot>": "k-choice",
    "<path>": "images/a.png",
    "<kernel_id>": KERNEL,
    "<?>": "nothing",
    "<favicon.ico>": "favicon.ico",
    "<robots.txt>": "robots.txt",
    "<robots.txt|favicon.ico>": "robots.txt",
    "/.*/": "/lab/",
    "/?": "",
}
STOCK = (
    *("/lab", "/lab/tree", "/lab/api/settings", "/tree", "/notebooks/x.ipynb", "/edit/x", "/view/x"),
    *("/api", "/api/status", "/api/me", "/api/kernels", f"/api/kernels/{KERNEL}", "/api/kernelspecs"),
    *(f"/api/kernels/{KERNEL}/channels", f"/api/kernels/{KERNEL}/restart", "/api/contents"),
    *("/api/contents/x.ipynb", "/api/contents/x/checkpoints", "/api/sessions", "/api/terminals"),
    *("/api/terminals/1", "/terminals/1", "/terminals/websocket/1", "/api/events/subscribe", "/api/events"),
    *("/api/shutdown", "/api/config/x", "/api/nbconvert", "/api/spec.yaml", "/api/security/csp-report"),
    *("/files/secret", "/files/stepwise.db", "/nbconvert/html/x.ipynb", "/metrics", "/custom/custom.css"),
    *(
        "/voila",
        "/voila/render/kinds.ipynb",
        "/voila/tree",
        "/voila/files/x",
        f"/voila/api/shutdown/{KERNEL}",
    ),
    *("/voila/templates/lab/static/voila.js", "/kernelspecs/python3/logo-64x64.png", "/nbextensions/x"),
    *("/stepwise", "/stepwise/api", "/stepwise/api/v1", "/stepwise/api/v2/me", "/hub/login", "/robots.txt"),
    *("/learn", "/learn/atlas", "/learn/api/kernels", f"/learn/api/kernels/{KERNEL}/restart"),
    *(f"/learn/api/kernels/{KERNEL}/interrupt", "/learn/api/contents", "/learn/api/sessions"),
    *("/learn/api/terminals", "/learn/api/kernels/x", f"/learn/api/kernels/{KERNEL.upper()}"),
)
TRICKS = (
    *("//lab", "/./lab", "/login/../lab", "/login/../api/kernels", "/%2e%2e/lab", "/login/%2e%2e/lab"),
    *("/stepwise/static/../../api/kernels", "/stepwise/static/%2e%2e/%2e%2e/api/kernels", "/static//x"),
    *("/static/..%2f..%2fapi/kernels", "/static/..%5c..%5cx", "/voila/static/../../voila/render/x.ipynb"),
    *("/learn/atlas/files/../../../lab", "/learn/atlas/files/%2E%2E/%2E%2E/lab", "/learn//atlas/kinds"),
    *("/lab/", "/tree/", "/api/kernels/", "/api/contents/", "/login/", "/LAB", "/Login", "/API/kernels"),
    *("/LEARN/atlas/kinds", "/lab;x", "/login;/lab", "/login;x=1", "/;/lab", "/%6cab", "/%61pi/kernels"),
    *("/lab%00", "/login%00", "/login%0a", "/lab%20", "/%2flab", "/%2e/lab", "/..;/lab", "/login%2f..%2flab"),
    *(
        "/school/login",
        "/school/lab",
        "login",
        "lab",
        "*",
        "http://127.0.0.1/lab",
        "http://evil.example/login",
    ),
    *(
        "/learn/api/kinds",
        "/learn/voila/kinds",
        "/learn/atlas/kinds/steps/k-read/more",
        "/learn/atlas/kinds//",
    ),
)


def readable(pattern: str) -> str:
    """A rule's regular expression with `<name>` for each group, and `<literal>` for one of plain text."""
    text, groups = pattern.removesuffix("$").replace("\\", ""), re.compile(r"\((?:[^()]|\([^()]*\))*\)\??")

    def name(group: re.Match[str]) -> str:
        if group[0].startswith("(?P"):
            return re.sub(r"\(\?P(<\w+>).*", r"\1", group[0])
        if group[0].endswith("?"):
            return "/<?>"
        return f"<{group[0][1:-1]}>" if re.fullmatch(r"\([a-z.|]+\)", group[0]) else "<>"

    return groups.sub(name, text)


def rules_of(router: Any) -> Iterator[Any]:
    """All rules, nested routers' included."""
    for rule in router.rules:
        yield rule
        if hasattr(rule.target, "rules"):
            yield from rules_of(rule.target)


def patterns(live: LiveServer) -> set[str]:
    app = live.app.web_app
    rules = [*rules_of(app.default_router), *rules_of(app.wildcard_router)]
    return {readable(r.matcher.regex.pattern) for r in rules if isinstance(r.matcher, PathMatches)}


def sample(pattern: str) -> str:
    for part, text in SAMPLES.items():
        pattern = pattern.replace(part, text)
    return pattern.replace("<>", "x")


def addresses(decision: str) -> list[str]:
    return sorted(sample(pattern) or "/" for pattern in ROUTES[decision])


def refuses(live: LiveServer, method: str, target: str, who: Person) -> None:
    """No role gets anything there: a redirect to the login page, 403, 404 or 405, and no content."""
    headers = {**who.xsrf, "Content-Type": "application/json"}
    status, location, body = live.raw(method, target, who.cookies, **headers)
    assert status in (302, 400, 401, 403, 404, 405), (method, target, status)
    if status == 302:
        assert location.startswith("/login?next="), (method, target, location)
    assert not any(word in body for word in (*SECRETS, "ipynb</", "kernel_id", '"kernels"')), (target, body)


def test_every_rule_has_a_decision(live: LiveServer) -> None:
    """A route that is in no table fails here, and so does a decision on a route that is gone."""
    decided = ROUTES["public"] | ROUTES["signed-in"] | ROUTES["closed"]
    assert sum(map(len, ROUTES.values())) == len(decided), "a route has one decision"
    assert patterns(live) == decided


def test_rules_are_of_known_sorts(live: LiveServer) -> None:
    """No rule finds its requests in a way that the table above does not see."""
    known = (ForwardedHeaders, GateMatcher, HostMatches, AnyMatches, PathMatches)
    assert {type(rule.matcher) for rule in rules_of(live.app.web_app.default_router)} <= set(known)


def test_the_gate_stands_first(live: LiveServer) -> None:
    """Before it comes nothing but the correction of proxies' headers, which matches nothing."""
    first, second = (rule.matcher for rule in live.app.web_app.default_router.rules[:2])
    assert isinstance(first, ForwardedHeaders)
    assert isinstance(second, GateMatcher)


@pytest.mark.parametrize(("decision", "target"), [(d, a) for d in ROUTES for a in addresses(d)])
def test_the_gate_decides_as_the_table(decision: str, target: str) -> None:
    """What the table says of a route is what the gate does with its addresses."""
    assert Lists().decide("/", target) == decision


@pytest.mark.parametrize("pattern", [*PUBLIC, *SIGNED_IN])
def test_no_door_without_a_room(pattern: str) -> None:
    """The gate opens no address that no route serves: some other package's might move in."""
    assert any(re.fullmatch(pattern, target) for d in ("public", "signed-in") for target in addresses(d))


@pytest.mark.parametrize("target", addresses("signed-in"))
def test_strangers_get_nothing_of_the_signed_in(live: LiveServer, nobody: Person, target: str) -> None:
    """Every method at every address that asks for a session, without one; OPTIONS may answer emptily."""
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        refuses(live, method, target, nobody)
    status, _, body = live.raw("OPTIONS", target, nobody.cookies)
    assert not body or status in (302, 401, 403, 404, 405)


@pytest.mark.parametrize("target", [*addresses("closed"), *STOCK, *TRICKS])
def test_closed_to_every_role(
    live: LiveServer,
    nobody: Person,
    shared_learner: Person,
    shared_outsider: Person,
    root: Person,
    target: str,
) -> None:
    """Jupyter's, JupyterLab's and Voilà's own addresses, however they are spelled."""
    for who in (nobody, shared_learner, shared_outsider, root):
        refuses(live, "GET", target, who)
    for method in ("POST", "DELETE"):
        refuses(live, method, target, root)


@pytest.mark.parametrize(
    "target",
    [f"/api/kernels/{KERNEL}/channels", "/api/events/subscribe", "/terminals/websocket/1", "/lab/api/ws"],
)
def test_no_stock_websocket_opens(live: LiveServer, nobody: Person, root: Person, target: str) -> None:
    """A handshake at a stock address never switches protocols."""
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    for who in (nobody, root):
        status, _, _ = live.raw("GET", target, who.cookies, **upgrade)
        assert status in (302, 403, 404)


@pytest.mark.parametrize(
    "prefix", ["/stepwise/static/", "/voila/static/", "/voila/labextensions/", "/static/"]
)
@pytest.mark.parametrize(
    "climb",
    [
        *("../" * 8 + "etc/passwd", "%2e%2e/" * 8 + "etc/passwd", "..%2f" * 8 + "etc/passwd", "/etc/passwd"),
        *("%252e%252e/%252e%252e/gate.py", "..\\..\\gate.py", "~x/../../gate.py", "%00", "..;/gate.py", "."),
    ],
)
def test_static_files_stay_in_their_folders(live: LiveServer, prefix: str, climb: str) -> None:
    """No way out of the folders of static files, and no list of what is in them."""
    status, _, body = live.raw("GET", prefix + climb)
    assert status in (302, 400, 403, 404), body[:200]
    assert "root:" not in body
    assert "GateMatcher" not in body


def test_the_status_page_is_for_instructors_and_administrators(
    live: LiveServer, shared_learner: Person, shared_outsider: Person, root: Person
) -> None:
    """Of any course. It tells what runs here, and no secret of any course."""
    assert shared_learner.get("status").status_code == 403
    for who in (shared_outsider, root):
        page = who.get("status")
        assert page.status_code == 200
        assert "Published courses" in page.text
        assert not any(word in page.text for word in SECRETS)
    assert str(live.wiring.settings.data) not in page.text


def test_fragments_speak_the_courses_language(live: LiveServer, shared_learner: Person) -> None:
    """As the page into which they are put, whatever the browser's language."""
    course, files = gallery()
    cell = Cell("code-first", "code", "1 + 1")
    chapter = course.chapters[0]
    first = replace(chapter.steps[0], cells=(cell,))
    chapters = (replace(chapter, steps=(first,), closing=(replace(cell, id="code-last"),)),)
    publish_edition(
        live.platform, replace(course, id="galerie", language="de", chapters=chapters), files, "the tests"
    )
    shared_learner.answer("g-first", True, course="galerie")
    for fragment in ("room/steps/g-first", "room/closing"):
        answer = shared_learner.get(f"learn/galerie/{fragment}", headers={"Accept-Language": "en"})
        assert "Beispielcode" in answer.text, answer.text
