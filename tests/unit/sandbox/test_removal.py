"""Folders are removed whatever code did to them, and nothing else is."""

import threading
from pathlib import Path

import psutil
import pytest

from courses.sandbox import run_folder
from courses.sandbox.own_folders import sweep
from courses.sandbox.removal import remove
from courses.sandbox.run_folder import RunFolder
from tests.deep import dig


def test_a_deep_tree(tmp_path: Path) -> None:
    """Deeper than calls can nest, and than a path can be long."""
    dig(tmp_path / "place", 3000)
    remove(tmp_path / "place")
    assert not list(tmp_path.iterdir())


def test_a_wide_tree(tmp_path: Path) -> None:
    """Each folder with files and folders of the same names."""
    for path in ("a/a/a", "a/b/a", "b/a/a", "b/b/b"):
        (tmp_path / "place" / path).mkdir(parents=True)
        (tmp_path / "place" / path / "file").write_text("x")
    remove(tmp_path / "place")
    assert not list(tmp_path.iterdir())


def test_closed_folders(tmp_path: Path) -> None:
    """Nothing in them can be listed or moved by their owner until they are opened."""
    for path in ("place/a/b", "place/c"):
        (tmp_path / path).mkdir(parents=True)
        (tmp_path / path / "file").write_text("x")
    for path in ("place/a/b", "place/a", "place/c", "place"):
        (tmp_path / path).chmod(0)
    remove(tmp_path / "place")
    assert not list(tmp_path.iterdir())


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Neither one that is in the folder nor one that is in its place."""
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o755)
    (kept / "file").write_text("x")
    (tmp_path / "place" / "deep").mkdir(parents=True)
    (tmp_path / "place" / "link").symlink_to(kept)
    (tmp_path / "place" / "deep" / "link").symlink_to(kept)
    remove(tmp_path / "place")
    (tmp_path / "place").symlink_to(kept)
    remove(tmp_path / "place")
    assert [path.name for path in kept.iterdir()] == ["file"]
    assert kept.stat().st_mode & 0o777 == 0o755


def test_what_is_not_there_or_no_folder(tmp_path: Path) -> None:
    """No error, and a file stays."""
    remove(tmp_path / "missing")
    (tmp_path / "file").write_text("x")
    remove(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "x"


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    """However deep it went."""
    dig(tmp_path / "place", 50)
    before = psutil.Process().num_fds()
    remove(tmp_path / "place")
    assert psutil.Process().num_fds() == before


def test_a_deep_tree_that_a_killed_server_left(tmp_path: Path) -> None:
    """The next start goes on, and removes it."""
    dig(tmp_path / "stepwise-999999999-1-1", 3000)
    sweep(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_childs_folder_is_removed_in_the_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who hears of a child's end may be an event loop, which must not wait for that."""
    removed: list[tuple[Path, int]] = []
    monkeypatch.setattr(run_folder, "remove", lambda path: removed.append((path, threading.get_ident())))
    folder, done = RunFolder(tmp_path, 1), threading.Event()
    folder.discard("7", done.set)
    assert done.wait(10)
    ((path, thread),) = removed
    assert path == folder.path / "7"
    assert thread != threading.get_ident()
    folder.close()
    folder.discard("8", done.set)  # it is gone with all others
