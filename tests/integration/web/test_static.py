"""Static files over HTTP: compressed, cached for ever under their versioned address, else asked for."""

from stepwise_kernel_ext.bundles import bundles
from tests.page_fixtures import Visitor
from tests.page_server import PageServer

FOR_EVER = "public, max-age=31536000, immutable"


def test_versioned(stranger: Visitor, pages: PageServer) -> None:
    """The address that pages use may be kept for ever."""
    assets = pages.app.web_app.settings["stepwise_assets"]
    answer = stranger.http.get(pages.origin + assets.url("/school/", bundles()["siteStyle"]))
    assert answer.headers["Cache-Control"] == FOR_EVER
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert ".site-course" in answer.text


def test_folder_versioned(stranger: Visitor, pages: PageServer) -> None:
    """Below the address that names all files, every file may be kept for ever."""
    folder = pages.app.web_app.settings["stepwise_assets"].folder_url("/school/")
    assert stranger.http.get(pages.origin + folder + "site.js").headers["Cache-Control"] == FOR_EVER
    stale = stranger.http.get(pages.origin + "/school/stepwise/static/~0000/site.js")
    assert stale.status_code == 404


def test_unversioned(stranger: Visitor) -> None:
    """A plain or an old address is asked for again, and answered 304 while the file is the same."""
    first = stranger.get("stepwise/static/site.js?v=old")
    assert first.headers["Cache-Control"] == "no-cache"
    again = stranger.get("stepwise/static/site.js", headers={"If-None-Match": first.headers["Etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_uncompressed(stranger: Visitor) -> None:
    """A client that takes no gzip gets the file as it is."""
    answer = stranger.get("stepwise/static/site.js", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers
    assert "data-reveals" in answer.text


def test_missing(stranger: Visitor) -> None:
    """What is not there is 404, whether or not it exists elsewhere on the disk."""
    for path in ("no.css", "..%2f..%2fpage.py", "../../page.py", "%2e%2e/page.py"):
        assert stranger.get(f"stepwise/static/{path}").status_code in (302, 404), path
