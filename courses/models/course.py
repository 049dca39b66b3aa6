"""A course as it is published: chapters cut into steps, with everything a learner may not see yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from courses.models.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class Cell:
    """A Markdown or code cell of a step.

    `outputs` are nbformat 4 output dictionaries recorded when the chapter was proved. `attachments`
    maps a file name to {media type: base64 text}, as nbformat has it.
    """

    id: str
    kind: Literal["markdown", "code"]
    source: str
    outputs: tuple[dict[str, Any], ...] = ()
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)
    setup: bool = False
    """Runs, but is not shown."""
    hide_source: bool = False
    no_replay: bool = False
    raises_exception: bool = False
    """Meant to raise; what follows it still runs."""
    fig_alt: str = ""
    condition: str = ""
    """The `for:` expression; empty is everybody."""


@dataclass(frozen=True, slots=True)
class Step:
    """The cells up to a checkpoint. Its id is the checkpoint's."""

    title: str
    cells: tuple[Cell, ...]
    checkpoint: Checkpoint
    condition: str = ""

    @property
    def id(self) -> str:
        return self.checkpoint.id


@dataclass(frozen=True, slots=True)
class Chapter:
    """A notebook. `id` is its file name without the ending; `closing` follows the last checkpoint."""

    id: str
    title: str
    steps: tuple[Step, ...]
    closing: tuple[Cell, ...] = ()
    summary: str = ""
    minutes: int = 0

    def step(self, step_id: str) -> Step | None:
        return next((s for s in self.steps if s.id == step_id), None)


@dataclass(frozen=True, slots=True)
class Policies:
    """What the course allows."""

    attempts_before_show: int = 5
    """Failed attempts after which "show me and go on" is offered; 0 is never."""
    solution: Literal["after-pass", "never"] = "after-pass"
    """When a model solution stands beside the learner's own."""


@dataclass(frozen=True, slots=True)
class CourseFile:
    """A file that belongs to an edition. `path` is relative to the course's folder, with slashes."""

    path: str
    content: bytes
    access: Literal["page", "code", "tests"] = "page"
    """`page`: images, served with an unlocked step that names them; `code`: data and modules;
    `tests`: private/, which reaches tests only."""


@dataclass(frozen=True, slots=True)
class Course:
    """Everything one edition holds, but for its files' content, which is stored beside it."""

    id: str
    title: str
    chapters: tuple[Chapter, ...]
    summary: str = ""
    language: str = "en"
    packages: tuple[str, ...] = ()
    policies: Policies = Policies()
    asked_since: Mapping[str, int] = field(default_factory=dict, hash=False)
    """The number of the edition from which on passes of a step count, for steps that were asked again, also
    if they are gone. Filled in when the course is published."""

    def chapter(self, chapter_id: str) -> Chapter | None:
        return next((c for c in self.chapters if c.id == chapter_id), None)

    def find_step(self, step_id: str) -> tuple[Chapter, Step] | None:
        for chapter in self.chapters:
            if step := chapter.step(step_id):
                return chapter, step
        return None


@dataclass(frozen=True, slots=True)
class Edition:
    """A published course. `number` counts from 1 within the course and never changes its content."""

    number: int
    digest: str
    course: Course
