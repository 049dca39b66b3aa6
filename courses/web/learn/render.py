"""Steps and cells to HTML, by one template for the page and for what is revealed in place."""

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from courses.models.views import CellView, StepView
from courses.web.learn.outputs import OutputRenderer, Translate

TEMPLATES = Path(__file__).parent.parent / "templates"
HIGHLIGHTED = 2**11
"""Authors' cells whose highlighting is remembered: the same for all learners."""


class StepRenderer:
    """Renders views; one a server, since templates compile once."""

    def __init__(self, outputs: OutputRenderer) -> None:
        self._outputs = outputs
        environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, auto_reload=False)
        environment.globals["json"] = script_json
        environment.globals["highlight"] = highlight_python
        self._template = environment.get_template("step.html")

    def steps(self, steps: list[StepView], translate: Translate) -> Markup:
        return self._render(steps, [], translate)

    def cells(self, cells: list[CellView], translate: Translate) -> Markup:
        return self._render([], cells, translate)

    def _render(self, steps: list[StepView], cells: list[CellView], translate: Translate) -> Markup:
        def outputs(cell: CellView) -> Markup:
            return self._outputs.html(cell.outputs, cell.alt, translate)

        html = self._template.render(steps=steps, cells=cells, outputs=outputs, _=translate)
        return Markup(html)  # noqa: S704 (the template escapes)


def script_json(value: Any) -> Markup:
    """JSON for a `<script type="application/json">`: no character in it can end the element."""
    plain = asdict(value) if hasattr(value, "__dataclass_fields__") else value
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704


@lru_cache(HIGHLIGHTED)
def highlight_python(source: str) -> Markup:
    """Python source as spans with Pygments' class names."""
    html = highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    return Markup(html.rstrip("\n"))  # noqa: S704
