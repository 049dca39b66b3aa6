"""The scripts and styles of the front end, as they were bundled when the package was installed."""

import json
from collections.abc import Mapping
from pathlib import Path

import stepwise_kernel_ext

BUNDLES = Path(stepwise_kernel_ext.__file__).parent / "static"


def bundles() -> Mapping[str, str]:
    """The files' names below BUNDLES, by what they are: "page", "pageStyle", "siteStyle", ..."""
    names: dict[str, str] = json.loads((BUNDLES / "manifest.json").read_text(encoding="utf-8"))
    return names
