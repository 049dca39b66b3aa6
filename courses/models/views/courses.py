"""Courses and chapters with progress in them: lines of what there is, content of what is unlocked."""

from dataclasses import dataclass
from typing import Literal

from courses.models.progress import StepState
from courses.models.views.steps import CellView, StepView


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in the side list: its title is public, its content is not."""

    id: str
    title: str
    state: StepState


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """A chapter on the home page."""

    id: str
    title: str
    summary: str
    minutes: int
    settled: int
    total: int
    finished: bool


@dataclass(frozen=True, slots=True)
class ContinueAt:
    """Where "continue" goes: the chapter and step at which the learner stopped."""

    chapter: str
    chapter_title: str
    step: str
    step_title: str


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course with the learner's progress in it. `resume` is None when all of it is finished."""

    id: str
    title: str
    summary: str
    language: str
    role: Literal["learner", "assistant", "instructor"]
    edition: int
    chapters: list[ChapterLine]
    settled: int
    total: int
    finished: bool
    started: bool
    resume: ContinueAt | None


@dataclass(frozen=True, slots=True)
class ChapterView:
    """A chapter's outline and its unlocked steps. `closing` is empty until the chapter is finished."""

    course: str
    course_title: str
    id: str
    title: str
    summary: str
    minutes: int
    language: str
    edition: int
    preview: bool
    """Staff move freely and nothing is recorded."""
    outline: list[StepLine]
    steps: list[StepView]
    closing: list[CellView]
    settled: int
    total: int
    finished: bool
    next_chapter: ChapterLine | None
    course_finished: bool


@dataclass(frozen=True, slots=True)
class ProgressView:
    """A chapter's progress after something changed."""

    chapter: str
    outline: list[StepLine]
    settled: int
    total: int
    finished: bool
    course_finished: bool


@dataclass(frozen=True, slots=True)
class CourseProgressView:
    """A course's progress, chapter by chapter."""

    course: str
    title: str
    edition: int
    chapters: list[ProgressView]
    settled: int
    total: int
    finished: bool
