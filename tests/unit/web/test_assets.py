"""Static files: found, versioned, never from outside their folders."""

import gzip
import os
from pathlib import Path

import pytest

from courses.web.assets import Assets


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "both.css").write_text(f"/* {name} */")
    (tmp_path / "one" / "app.js").write_text("let a = 1;\n" * 100)
    (tmp_path / "two" / "deep").mkdir()
    (tmp_path / "two" / "deep" / "x.woff2").write_bytes(b"\0" * 100)
    (tmp_path / "secret.txt").write_text("secret")
    return Assets([tmp_path / "one", tmp_path / "two"], "/stepwise/static/")


def test_first_folder_counts(assets: Assets) -> None:
    """Of two files with one name the first folder's is served."""
    found = assets.find("both.css")
    assert found and found.content == b"/* one */"


def test_compressed_once(assets: Assets) -> None:
    """Text is compressed in memory; what would not get smaller is not."""
    script, font = assets.find("app.js"), assets.find("deep/x.woff2")
    assert script and script.gzipped and gzip.decompress(script.gzipped) == script.content
    assert script.media_type == "text/javascript; charset=utf-8"
    assert font and font.gzipped is None


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "deep/../../secret.txt", "/etc/passwd", "", "deep", "no.js", "a" * 5000, "a\0b"],
)
def test_nothing_from_outside(assets: Assets, path: str) -> None:
    """A path that leaves the folders, a folder, a missing file and no file's name are all not there."""
    assert assets.find(path) is None


def test_url_changes_with_content(assets: Assets, tmp_path: Path) -> None:
    """An address names its content, so a changed file has another one."""
    before = assets.url("/school/", "app.js")
    assert before.startswith("/school/stepwise/static/app.js?v=")
    file = tmp_path / "one" / "app.js"
    file.write_text("let b = 2;")
    os.utime(file, ns=(1, 1))
    assert assets.url("/school/", "app.js") != before


def test_folder_url(assets: Assets, tmp_path: Path) -> None:
    """The address of a whole bundle names all of its files."""
    other = Assets([tmp_path / "one"], "/stepwise/static/")
    assert assets.folder_url("/school/") == f"/school/stepwise/static/~{assets.digest}/"
    assert assets.digest != other.digest
