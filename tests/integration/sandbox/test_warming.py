"""What a warm process imports and keeps before there are children, and what it leaves out."""

from pathlib import Path

import pytest

from courses.errors import SandboxUnavailable
from courses.sandbox import wire
from courses.sandbox.client import Zygote
from courses.sandbox.config import Config
from tests.security.sandbox.bench import ENTRIES, IMPORTS, ROOT


def test_modules_that_cannot_be_imported(base: Path, tmp_path: Path) -> None:
    """Each is named with its reason, and the others are there."""
    (tmp_path / "broken_package.py").write_text("raise ValueError('it is broken')")
    preload = ("no_such_package", "broken_package", ENTRIES)
    zygote = Zygote(
        Config(mode="none", preload=preload, import_from=(str(ROOT), str(tmp_path))), base
    ).start()
    problems = zygote.wait_ready().problems
    assert set(problems) == {"no_such_package", "broken_package"}
    assert "No module named 'no_such_package'" in problems["no_such_package"]
    assert problems["broken_package"] == "ValueError: it is broken"
    lease = zygote.fork(f"{ENTRIES}:say_and_end")
    assert lease.wait(10) == 7
    lease.close()
    zygote.stop()


def test_a_module_that_starts_a_thread(base: Path, tmp_path: Path) -> None:
    """It is named, and nothing is forked."""
    code = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    (tmp_path / "threaded_package.py").write_text(code)
    config = Config(mode="none", preload=("threaded_package",), import_from=(str(tmp_path),))
    zygote = Zygote(config, base).start()
    with pytest.raises(SandboxUnavailable, match="threaded_package starts 1 thread"):
        zygote.wait_ready()
    zygote.stop()


def test_modules_that_anybody_named_are_tried_first(base: Path, tmp_path: Path) -> None:
    """One that starts a thread, fails or ends Python is named and left out; all else goes on."""
    thread = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    sources = {"threaded_one": thread, "failing_one": "1 / 0", "ending_one": "import os; os._exit(3)"}
    for name, source in (*sources.items(), ("good_one", "")):
        (tmp_path / f"{name}.py").write_text(source)
    tried = (*sources, "good_one", "no_such_one")
    config = Config(mode="none", preload=(ENTRIES,), tried=tried, import_from=(str(ROOT), str(tmp_path)))
    zygote = Zygote(config, base).start()
    assert zygote.wait_ready().problems == {
        "threaded_one": "starts 1 thread when it is imported",
        "failing_one": "ZeroDivisionError: division by zero",
        "ending_one": "ended without an answer",
        "no_such_one": "ModuleNotFoundError: No module named 'no_such_one'",
    }
    lease = zygote.fork(f"{ENTRIES}:run_cells")
    ask = f"import sys\nresult = [n for n in {tried} if n in sys.modules]"
    wire.send(lease.payload, [ask, {}])
    assert wire.receive(lease.payload)[0] == {"result": ["good_one"]}
    lease.close()
    zygote.stop()


def test_rehearsals(base: Path) -> None:
    """What a rehearsal found to be imported is imported for all; one that fails is named."""
    warmup = (f"{ENTRIES}:learn_modules", f"{ENTRIES}:missing")
    zygote = Zygote(Config(mode="none", warmup=warmup, **IMPORTS), base).start()
    assert list(zygote.wait_ready().problems) == [f"{ENTRIES}:missing"]
    lease = zygote.fork(f"{ENTRIES}:run_cells")
    wire.send(lease.payload, ["import sys\nresult = 'colorsys' in sys.modules", {}])
    assert wire.receive(lease.payload)[0] == {"result": True}
    lease.close()
    zygote.stop()


def test_fonts_are_looked_for_once(base: Path, tmp_path: Path) -> None:
    """The list is kept from one start to the next; what a child writes into the copy is not."""
    kept = tmp_path / "cache"
    config = Config(
        mode="none", preload=(ENTRIES, "matplotlib.font_manager"), import_from=(str(ROOT),), cache=str(kept)
    )
    spoil = """
import matplotlib, pathlib
(list_,) = pathlib.Path(matplotlib.get_cachedir()).glob("fontlist-*")
list_.write_text("spoilt")
result = str(list_)
"""
    first = Zygote(config, base).start()
    first.wait_ready()
    (fonts,) = kept.glob("fontlist-*")
    found = fonts.read_text()
    lease = first.fork(f"{ENTRIES}:run_cells")
    wire.send(lease.payload, [spoil, {}])
    copy = Path(wire.receive(lease.payload)[0]["result"])
    assert copy.read_text() == "spoilt"
    lease.close()
    first.stop()
    fonts.write_text(found.replace('"_version"', '"_marked": true, "_version"', 1))
    second = Zygote(config, base).start()
    second.wait_ready()
    copies = [path.read_text() for path in base.glob("*/cache/fontlist-*")]
    second.stop()
    assert len(copies) == 1 and '"_marked"' in copies[0]  # it was read: else matplotlib had written another
    assert fonts.read_text() == copies[0]
    assert [path.name for path in kept.iterdir()] == [fonts.name]


def test_a_cache_that_cannot_be_kept(base: Path, tmp_path: Path) -> None:
    """It only takes longer."""
    (tmp_path / "file").write_text("")
    config = Config(mode="none", preload=("matplotlib.font_manager",), cache=str(tmp_path / "file"))
    zygote = Zygote(config, base).start()
    assert not zygote.wait_ready().problems
    zygote.stop()


def test_a_long_configuration(base: Path) -> None:
    """It may be larger than any packet."""
    missing = tuple(f"no_such_package_{number:060}" for number in range(3000))
    zygote = Zygote(Config(mode="none", preload=missing), base).start()
    assert len(zygote.wait_ready().problems) == 3000
    zygote.stop()
