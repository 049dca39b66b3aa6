"""The wheel, built from this checkout and installed beside what it declares and nothing else, serves."""

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import Published
from tests.plain_http import plain_get
from tests.serve import serving

ROOT = Path(__file__).parents[2]
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=500, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def dependencies(of: Distribution) -> Iterator[Distribution]:
    """What a distribution's metadata declare, and what theirs do, as it is installed here."""
    wanted, seen = [(of, "")], set()
    while wanted:
        one, extra = wanted.pop()
        for requirement in map(Requirement, one.requires or ()):
            if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
                continue
            for key in ((requirement.name, extra) for extra in ("", *requirement.extras)):
                if key not in seen:
                    seen.add(key)
                    wanted.append((distribution(key[0]), key[1]))
                    yield wanted[-1][0]


def install_again(installed: Distribution, packages: Path) -> None:
    """Give another environment what is installed here, but for its commands: pip would take a minute."""
    for file in installed.files or ():
        source, place = (
            Path(os.path.normpath(path)) for path in (installed.locate_file(file), packages / file)
        )
        if "bin" not in file.parts and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                place.hardlink_to(source)
            except OSError:  # on another disk
                shutil.copy2(source, place)


@pytest.mark.timeout(600)
def test_the_wheel_serves_with_its_dependencies_alone(published: Published, tmp_path: Path) -> None:
    """Everything it needs is in it or among its dependencies: migrations, templates, bundles, texts."""
    run(*PIP, "wheel", "--no-deps", "--wheel-dir", str(tmp_path), ".")
    venv.create(tmp_path / "empty")
    python = tmp_path / "empty" / "bin" / "python"
    (wheel,) = tmp_path.glob("*.whl")
    run(*PIP, "--python", str(python), "install", "--no-deps", "--no-compile", str(wheel))
    (packages,) = (tmp_path / "empty" / "lib").glob("*/site-packages")
    (ours,) = distributions(path=[str(packages)])
    for dependency in dependencies(ours):
        install_again(dependency, packages)
    run(*PIP, "--python", str(python), "check")
    data = published.copy(tmp_path / "data")
    with serving(data, published.courses, python=str(python), cwd=tmp_path) as served:
        page = plain_get(served.url + "login")
        assert page.status_code == 200
        style = re.search(r'href="/(stepwise/static/[^"]+\.css[^"]*)"', page.text)
        assert style and plain_get(served.url + style[1]).status_code == 200
        assert plain_get(served.url + "stepwise/api/v1/openapi.json").json()["openapi"].startswith("3.1")
