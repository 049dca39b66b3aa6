"""The checkpoint control for notebooks: the same front end as on the learner's page, in an anywidget.

The kernel holds no answers, so it cannot judge. What a learner sends is handed to `answer`, which asks
the platform; in an author's plain notebook there is none, and the control says that it is a preview.
"""

from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import traitlets

from stepwise_kernel_ext.bundles import bundle

Message = Mapping[str, Any]
Answerer = Callable[[Message], Any]
"""Takes `{"call": "submit" | "hint" | "show" | "attempts", "step": …, …}` and returns what the REST API
would answer, as plain JSON values. Raises `Problem` for a no."""

PREVIEW = {
    "type": "urn:stepwise:preview",
    "title": "Preview",
    "status": 409,
    "detail": "This is a preview in a notebook. Answers are checked once the course is published.",
}


class Problem(Exception):
    """The platform's no. `body` is an RFC 9457 problem with `type`, `title` and `status`."""

    def __init__(self, body: Message) -> None:
        super().__init__(str(body.get("detail") or body.get("title")))
        self.body = dict(body)


class CheckpointControl(anywidget.AnyWidget):
    """Shows a checkpoint. `checkpoint` is a `CheckpointView` and `texts` a catalogue, as JSON values."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    checkpoint = traitlets.Dict().tag(sync=True)
    texts = traitlets.Dict().tag(sync=True)
    judged = traitlets.Bool(False).tag(sync=True)
    """Whether somebody is there to judge; else the control says that it is a preview."""

    def __init__(
        self, checkpoint: Message, *, texts: Message | None = None, answer: Answerer | None = None
    ) -> None:
        super().__init__(checkpoint=dict(checkpoint), texts=dict(texts or {}), judged=answer is not None)
        self._answer = answer
        self.on_msg(self._on_message)

    @traitlets.default("_esm")
    def _default_esm(self) -> str:
        return bundle("controls")

    @traitlets.default("_css")
    def _default_css(self) -> str:
        return bundle("controlsStyle")

    def _on_message(self, _widget: Any, content: Message, _buffers: Any) -> None:
        self.send({"id": content["id"], **self._reply_to(content)})

    def _reply_to(self, call: Message) -> dict[str, Any]:
        if self._answer is None:
            return {"problem": PREVIEW}
        try:
            return {"result": self._answer(call)}
        except Problem as problem:
            return {"problem": problem.body}
