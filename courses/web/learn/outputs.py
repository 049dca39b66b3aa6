"""Recorded outputs as safe HTML, so that a chapter can be read before any script or kernel runs.

What a browser cannot show without a kernel (widgets) becomes a placeholder that the page replaces.
"""

import re
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from markupsafe import Markup

Translate = Callable[[str], str]
IMAGES = ("image/png", "image/jpeg", "image/gif")
WIDGET = "application/vnd.jupyter.widget-view+json"
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class OutputRenderer:
    """`clean` sanitises HTML; `markdown` renders Markdown with math."""

    def __init__(self, clean: Callable[[str], str], markdown: Callable[[str], str]) -> None:
        self._clean, self._markdown = clean, markdown

    def html(self, outputs: Iterable[dict[str, Any]], alt: str, translate: Translate) -> Markup:
        """All outputs of a cell, in order. `alt` describes its figures."""
        return Markup("".join(self._one(output, alt, translate) for output in outputs))  # noqa: S704

    def _one(self, output: dict[str, Any], alt: str, translate: Translate) -> str:
        if output["output_type"] == "stream":
            return _pre(_text(output["text"]), f"sw-stream sw-{output['name']}")
        if output["output_type"] == "error":
            return _pre(ANSI.sub("", "\n".join(output["traceback"])), "sw-error")
        return self._bundle(output.get("data", {}), alt, translate)

    def _bundle(self, data: dict[str, Any], alt: str, translate: Translate) -> str:
        if WIDGET in data:
            pending = translate("The interactive part is starting…")
            return f'<p class="sw-pending">{escape(pending)}</p>'
        if "text/html" in data:
            # pandas leaves the corner of a table empty, which is no header to screen readers
            html = self._clean(_text(data["text/html"])).replace("<th></th>", "<td></td>")
            return f'<div class="sw-html" tabindex="0">{html}</div>'
        for kind in IMAGES:
            if kind in data:
                source = _text(data[kind]).replace("\n", "")
                return (
                    f'<img class="sw-figure" src="data:{kind};base64,{escape(source)}" alt="{escape(alt)}">'
                )
        if "text/markdown" in data:
            return f'<div class="sw-prose">{self._markdown(_text(data["text/markdown"]))}</div>'
        if "text/latex" in data:
            return f'<div class="sw-prose">{self._markdown(_text(data["text/latex"]))}</div>'
        return _pre(_text(data.get("text/plain", "")), "sw-result") if data.get("text/plain") else ""


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _pre(text: str, names: str) -> str:
    return f'<pre class="{names}" tabindex="0">{escape(text)}</pre>' if text else ""
