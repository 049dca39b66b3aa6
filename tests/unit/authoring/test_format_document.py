"""The author's handbook tells the truth: its examples are read as they stand."""

import re
from pathlib import Path

from author_notebooks import OPENING, notebook, write_course
from fake_grader import FakeGrader

from courses.authoring.check_course import check_course
from courses.authoring.course_yml import read_course_fields
from courses.authoring.questions import QUESTION_KINDS
from courses.authoring.spots import Spot
from courses.models.course import Policies
from courses.models.marks import REGION_NAMES

DOCUMENT = (Path(__file__).parents[3] / "docs/chapter-format.md").read_text()


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)


def test_its_checkpoints_and_exercises_are_proved(tmp_path: Path) -> None:
    """Each in a step of its own."""
    cells = [cell for example in examples("stepwise") for cell in ("## A step\n\nThe task.", example)]
    checked = check_course(write_course(tmp_path / "demo", one=notebook(OPENING, *cells)), FakeGrader())
    assert checked.warnings == []
    assert len(checked.course.chapters[0].steps) == len(examples("stepwise")) == 3


def test_its_course_yml_is_read() -> None:
    """With the defaults it names."""
    (example,) = examples("yaml")
    spot = Spot("course.yml", [])
    fields = read_course_fields(example.encode(), spot)
    assert spot.findings == []
    assert (fields.title, fields.policies) == ("Python: the first steps", Policies())


def test_it_names_every_kind_and_every_mark() -> None:
    """So that nothing is left to be guessed."""
    for kind in QUESTION_KINDS:
        assert f"`{kind}`" in DOCUMENT
    for name in REGION_NAMES:
        assert f"BEGIN {name}" in DOCUMENT or f"**{name}**" in DOCUMENT
