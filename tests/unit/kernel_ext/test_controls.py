"""The checkpoint control's side of the wire in a notebook."""

import json
from pathlib import Path

import pytest

from stepwise_kernel_ext import bundles as bundled
from stepwise_kernel_ext.controls import CheckpointControl, Message, Problem

CALL = {"id": "1", "call": "hint", "step": "ranges"}


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins for the built front end, which these tests do not run."""
    (tmp_path / "manifest.json").write_text(
        json.dumps({"controls": "controls-1.js", "controlsStyle": "controls-1.css"})
    )
    (tmp_path / "controls-1.js").write_text("export default {}")
    (tmp_path / "controls-1.css").write_text(".sw-checkpoint {}")
    monkeypatch.setattr(bundled, "BUNDLES", tmp_path)


def asked(control: CheckpointControl, monkeypatch: pytest.MonkeyPatch) -> Message:
    """What the front end hears after `CALL`."""
    sent: list[Message] = []
    monkeypatch.setattr(control, "send", sent.append)
    control._on_message(control, CALL, [])
    (reply,) = sent
    return reply


def test_it_carries_the_built_front_end() -> None:
    """The widget holds its script and style as text, since a notebook has no address for them."""
    control = CheckpointControl({"step": "ranges"})
    assert control._esm == "export default {}"
    assert control._css == ".sw-checkpoint {}"


def test_without_an_answerer_it_is_a_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    """In an author's plain notebook nothing is judged, and the control says so."""
    control = CheckpointControl({"step": "ranges"})
    assert control.judged is False
    assert asked(control, monkeypatch)["problem"]["type"] == "urn:stepwise:preview"


def test_a_call_is_answered_under_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """The front end tells answers apart by the id it gave the call."""
    control = CheckpointControl({"step": "ranges"}, answer=lambda call: {"heard": call["call"]})
    assert control.judged is True
    assert asked(control, monkeypatch) == {"id": "1", "result": {"heard": "hint"}}


def test_a_no_reaches_the_front_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A problem of the platform is passed on as it is, not as a traceback in the notebook."""

    def refuse(_call: Message) -> None:
        raise Problem({"type": "urn:stepwise:conflict", "title": "Conflict", "status": 409})

    reply = asked(CheckpointControl({"step": "ranges"}, answer=refuse), monkeypatch)
    assert reply["problem"]["type"] == "urn:stepwise:conflict"
