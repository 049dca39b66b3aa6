"""The front end's picture of the wire is the server's."""

import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_args

import pytest

from courses.models import views
from courses.models.progress import StepState
from courses.models.verdict import Outcome

WIRE = (Path(__file__).parents[3] / "stepwise_kernel_ext/frontend/src/wire.ts").read_text()
INTERFACES = {
    name: {line.split(":")[0].strip() for line in body.splitlines() if re.match(r"\s+\w+\??:", line)}
    for name, body in re.findall(r"export interface (\w+) \{\n(.*?)\n\}", WIRE, re.DOTALL)
}
VIEWS = sorted(name for name in INTERFACES if is_dataclass(getattr(views, name, None)))


@pytest.mark.parametrize("name", VIEWS)
def test_an_interface_has_the_fields_of_its_view(name: str) -> None:
    """What the server adds, drops or renames in a view is noticed here and not by a learner."""
    assert INTERFACES[name] == {field.name for field in fields(getattr(views, name))}


def test_the_page_knows_the_views_it_is_sent() -> None:
    """The views of a checkpoint's whole life are among those compared."""
    assert {"CheckpointView", "QuestionView", "AttemptResult", "ShowResult", "DraftView"} <= set(VIEWS)


@pytest.mark.parametrize(
    ("name", "values"),
    [("Outcome", Outcome), ("StepState", StepState), ("CheckpointKind", views.CheckpointKind)],
)
def test_a_union_has_the_same_words(name: str, values: object) -> None:
    """A new outcome, state or kind reaches the front end's types, and with them every switch over it."""
    union = re.search(rf"export type {name} =(.*?);", WIRE, re.DOTALL)
    assert union is not None
    assert set(re.findall(r'"(\w+)"', union[1])) == set(get_args(values))
