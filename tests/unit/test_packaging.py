"""What a fresh machine installs is what the project says."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PEERS = ROOT / "benchmarks" / "peers"
LOCK = (ROOT / "constraints.txt").read_text()


def requirements() -> list[Requirement]:
    extras = [item for group in PROJECT["optional-dependencies"].values() for item in group]
    return [Requirement(item) for item in (*PROJECT["dependencies"], *extras)]


def test_the_conda_environment_asks_for_what_pyproject_asks_for() -> None:
    """Every dependency is listed with the same lower bound, and none besides."""
    lines = re.findall(r"^- ([a-z].*)$", (ROOT / "environment.yml").read_text(), re.M)
    conda = {line for line in lines if not line.startswith(("python>=", "pip", "nodejs", "conda-forge"))}
    assert conda == set(PROJECT["dependencies"])


def test_every_dependency_is_pinned_to_a_version_that_pyproject_allows() -> None:
    """The constraints name one version, with hashes, inside the declared range."""
    pins = dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\\n    --hash=sha256:", LOCK, re.M))
    for requirement in requirements():
        pinned = pins[re.sub(r"[_.]", "-", requirement.name.lower())]
        assert requirement.specifier.contains(Version(pinned)), f"{requirement} is pinned to {pinned}"


def test_what_the_benchmarks_compare_with_is_pinned() -> None:
    """Each peer has one version, with hashes."""
    pins = re.findall(
        r"^([a-z0-9-]+)==\S+ \\\n    --hash=sha256:", PEERS.joinpath("constraints.txt").read_text(), re.M
    )
    assert set(re.findall(r"^[a-z].*$", PEERS.joinpath("requirements.in").read_text(), re.M)) <= set(pins)


def test_no_lock_holds_an_address() -> None:
    """Where packages come from is the machine's business."""
    npm = (ROOT / "stepwise_kernel_ext/frontend/package-lock.json").read_text()
    assert "://" not in LOCK + PEERS.joinpath("constraints.txt").read_text()
    assert '"resolved"' not in npm
