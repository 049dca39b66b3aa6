"""A page made by Voilà: its exporter and its front end's configuration, found once a server.

Voilà's own handler makes an exporter for each visit, reads its templates from disk, compiles them, and
starts a kernel before it writes a line. A chapter's page needs none of that: one exporter, our template,
and a kernel that starts behind the page.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from traitlets.config import Config
from voila.configuration import VoilaConfiguration
from voila.exporter import VoilaExporter
from voila.paths import collect_template_paths
from voila.utils import get_page_config

from courses.web.assets import Assets

TEMPLATE = "lab"
OUR_TEMPLATES = str(Path(__file__).parent.parent / "voila")
WIDGET_EXTENSIONS = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]
FRONT_END = "voila.js"
NOTHING_TO_PREPARE = Config(
    {"VoilaExporter": {"default_preprocessors": []}, "CSSHTMLHeaderPreprocessor": {"enabled": False}}
)
"""The notebook has no cell, and our styles are our own."""


class VoilaPages:
    """`front_end` and `extensions` are Voilà's bundles and the widgets' extensions."""

    def __init__(self, app: Any, settings: dict[str, Any], front_end: Assets, extensions: Assets) -> None:
        self._base_url = settings["base_url"]
        self._front_end = front_end.folder_url(self._base_url).rstrip("/")
        configuration = VoilaConfiguration(
            parent=app, template=TEMPLATE, extension_allowlist=WIDGET_EXTENSIONS, file_allowlist=[r"$^"]
        )
        page_config = get_page_config(
            base_url=self._base_url, settings=settings, log=app.log, voila_configuration=configuration
        )
        self._page_config = {
            **page_config,
            "fullLabextensionsUrl": extensions.folder_url(self._base_url).rstrip("/"),
            # None for both makes Voilà's front end load the MathJax it bundles instead of a CDN's.
            "fullMathjaxUrl": None,
            "mathjaxConfig": None,
        }
        self._exporter = VoilaExporter(
            template_paths=[OUR_TEMPLATES, *collect_template_paths(["voila", "nbconvert"], TEMPLATE)],
            template_name=TEMPLATE,
            theme=configuration.theme,
            base_url=self._base_url,
            config=NOTHING_TO_PREPARE,
        )

    async def html(self, page: Mapping[str, Any]) -> str:
        """The whole page: `language`, `theme`, `head`, `body` and `kernel`, as its template has them."""
        notebook = nbformat.v4.new_notebook(metadata={"stepwise": {**page, "voila": self._front_end}})
        resources = {"base_url": self._base_url}
        parts = self._exporter.generate_from_notebook_node(
            notebook, resources, {"main_js": FRONT_END}, self._page_config
        )
        return "".join([html async for html, _ in parts])
