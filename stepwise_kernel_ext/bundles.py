"""The scripts and styles of the front end, as they were bundled when the package was installed."""

import json
from collections.abc import Mapping
from pathlib import Path

BUNDLES = Path(__file__).parent / "static"


def bundles() -> Mapping[str, str]:
    """The files' names below BUNDLES, by what they are: "page", "pageStyle", "controls", ..."""
    names: dict[str, str] = json.loads((BUNDLES / "manifest.json").read_text(encoding="utf-8"))
    return names


def bundle(name: str) -> str:
    """A file's text, by what it is."""
    return (BUNDLES / bundles()[name]).read_text(encoding="utf-8")
