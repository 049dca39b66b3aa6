"""The wheel, built from this checkout and installed where nothing else is, serves."""

import re
import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest

from tests.conftest import Published
from tests.serve import serving

ROOT = Path(__file__).parents[2]


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=500, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.timeout(600)
def test_the_wheel_serves_from_an_empty_environment(published: Published, tmp_path: Path) -> None:
    """Everything it needs is in it or among its dependencies: migrations, templates, bundles, texts."""
    pins = tmp_path / "pins.txt"
    pins.write_text(re.sub(r" \\\n    --hash=\S+", "", (ROOT / "constraints.txt").read_text()))
    quiet = ("--quiet", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "wheel", *quiet, "--no-deps", "--wheel-dir", str(tmp_path), ".")
    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty" / "bin" / "python"
    (wheel,) = tmp_path.glob("*.whl")
    run(str(python), "-m", "pip", "install", *quiet, "--no-compile", "--constraint", str(pins), str(wheel))
    data = published.copy(tmp_path / "data")
    with serving(data, published.courses, python=str(python), cwd=tmp_path) as served:
        page = httpx.get(served.url + "login")
        assert page.status_code == 200
        style = re.search(r'href="/(stepwise/static/[^"]+\.css[^"]*)"', page.text)
        assert style and httpx.get(served.url + style[1]).status_code == 200
        assert httpx.get(served.url + "stepwise/api/v1/openapi.json").json()["openapi"].startswith("3.1")
