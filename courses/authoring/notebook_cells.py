"""A notebook file's cells, as far as the chapter format cares for them."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from courses.authoring.spots import Spot

MAX_NOTEBOOK = 10 * 2**20
"""Bytes."""


@dataclass(frozen=True, slots=True)
class SourceCell:
    """`number` counts from 1 in the notebook. `id` is empty in notebooks from before cells had ids."""

    number: int
    id: str
    kind: Literal["markdown", "code"]
    source: str
    tags: frozenset[str] = frozenset()
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


def load_cells(content: bytes, spot: Spot) -> list[SourceCell]:
    """The cells that say something, in order; what is wrong with the file is reported."""
    document = _load_document(content, spot)
    if document is None:
        return []
    cells: list[SourceCell] = []
    numbers: dict[str, int] = {}
    for number, raw in enumerate(document["cells"], 1):
        cell = _load_cell(raw, number, spot.at(cell=number))
        if cell is None or not cell.source.strip() or _only_loads_us(cell):
            continue
        if cell.id and cell.id in numbers:
            spot.at(cell=number).error(
                f"Cell {numbers[cell.id]} has the same id, “{cell.id}”.",
                "Open the notebook in JupyterLab, cut this cell, paste it and save.",
            )
        numbers[cell.id] = number
        cells.append(cell)
    return cells


def _load_document(content: bytes, spot: Spot) -> dict[str, Any] | None:
    if len(content) > MAX_NOTEBOOK:
        fix = "Clear its outputs (they are recorded anew) and move data to `data/`."
        spot.error(f"The notebook has {len(content) / 2**20:.0f} MiB; the limit is 10.", fix)
        return None
    try:
        loaded = json.loads(content)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        detail = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        spot.at(line=line).error(f"This is not a notebook: not valid JSON ({detail}).", _SAVE_AGAIN)
        return None
    document: dict[str, Any] = loaded if isinstance(loaded, dict) else {}
    version = document.get("nbformat")
    if version != 4:
        if isinstance(version, int) and version > 4:
            message = f"The notebook has format {version}, newer than the 4 that is understood."
        elif isinstance(version, int):
            message = f"The notebook has format {version}, which is too old."
        else:
            message = "This is not a notebook: it names no `nbformat`."
        spot.error(message, "Save it from JupyterLab as notebook format 4.")
        return None
    if not isinstance(document.get("cells"), list):
        spot.error("The notebook has no list of cells.", _SAVE_AGAIN)
        return None
    return document


_SAVE_AGAIN = "Open it in JupyterLab and save it again."


def _load_cell(raw: Any, number: int, spot: Spot) -> SourceCell | None:
    kind = raw.get("cell_type") if isinstance(raw, dict) else None
    source = _text(raw.get("source")) if isinstance(raw, dict) else None
    if source is None or kind not in ("markdown", "code", "raw"):
        spot.error("This is not a cell of notebook format 4.", _SAVE_AGAIN)
        return None
    if kind == "raw":
        if source.strip():
            spot.warn("A raw cell is not shown to learners.", "Make it a Markdown cell, or delete it.")
        return None
    metadata = raw.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return SourceCell(
        number,
        str(raw.get("id") or ""),
        kind,
        source,
        frozenset(str(tag) for tag in tags) if isinstance(tags, list) else frozenset(),
        _load_attachments(raw.get("attachments") or {}, spot),
    )


def _load_attachments(raw: Any, spot: Spot) -> dict[str, dict[str, str]]:
    attachments: dict[str, dict[str, str]] = {}
    for name, bundle in raw.items() if isinstance(raw, dict) else ():
        texts = {kind: _text(data) for kind, data in bundle.items()} if isinstance(bundle, dict) else {}
        kept = {str(kind): text for kind, text in texts.items() if text is not None}
        if not kept:
            spot.error(f"The attachment “{name}” holds nothing.", "Paste the image into the cell again.")
        attachments[str(name)] = kept
    return attachments


def _text(value: Any) -> str | None:
    """A text as nbformat stores it: whole, or as a list of lines."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    return value.replace("\r\n", "\n") if isinstance(value, str) else None


def _only_loads_us(cell: SourceCell) -> bool:
    return cell.kind == "code" and bool(re.fullmatch(r"\s*%load_ext\s+stepwise_kernel_ext\s*", cell.source))
