"""Checking code on a machine that gives no sandbox: refused, unless the operator allows plain processes."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.conftest import Published
from tests.integration.harbour import Guest
from tests.lesser import NOTHING, lesser_python
from tests.serve import Served, serving

pytestmark = pytest.mark.xdist_group("serve")
WHERE = "import os\nprint('I am', os.getppid(), os.getcwd())\n"
GREET = WHERE + "def greet(name):\n    return 'Hello, ' + name"


def check(guest: Guest) -> httpx.Response:
    guest.register()
    assert guest.answer("c-read", True, "the-first-step", "atlas").status_code == 201
    return guest.answer("c-greet", GREET, "the-second-step", "atlas")


def test_refused(published: Published, tmp_path: Path, guests: Callable[[Served], Guest]) -> None:
    """503 with the reason; questions are answered, and the attempt does not count."""
    python = lesser_python(tmp_path, NOTHING)
    with serving(published.copy(tmp_path / "data"), published.courses, python=python) as served:
        guest = guests(served)
        answer = check(guest)
        assert answer.status_code == 503, answer.text
        assert "Code cannot be checked just now." in answer.json()["detail"]
        attempts = guest.get("stepwise/api/v1/courses/atlas/steps/c-greet/attempts").json()
        assert attempts["items"] == []
    assert "cannot be started (see --allow-unsandboxed)" in "".join(served.lines)


def test_allowed(published: Published, tmp_path: Path, guests: Callable[[Served], Guest]) -> None:
    """Graded in a plain process, which sees the machine as it is; and that is said at the start."""
    data, python = published.copy(tmp_path / "data"), lesser_python(tmp_path, NOTHING)
    (tmp_path / "tmp").mkdir()
    environment = {"TMPDIR": str(tmp_path / "tmp")}
    with serving(data, published.courses, "--allow-unsandboxed", python=python, **environment) as served:
        answer = check(guests(served))
        assert answer.status_code == 201, answer.text
        verdict = answer.json()["attempt"]["verdict"]
        assert verdict["outcome"] == "passed"
        assert str(tmp_path / "tmp") in verdict["printed"]
    assert "run WITHOUT a sandbox" in "".join(served.lines)
    assert list((tmp_path / "tmp").iterdir()) == []
