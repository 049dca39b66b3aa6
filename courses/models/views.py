"""What may cross the trust line: a learner's view of courses, steps and verdicts.

These dataclasses are the wire's shapes too: the API derives its JSON and its OpenAPI document from
them, and the pages render them. Nothing here holds an answer, a hidden test or a locked step's
content. Times are ISO 8601 text in UTC.
"""

from dataclasses import dataclass
from typing import Any, Literal

from courses.models.progress import StepState
from courses.models.verdict import Outcome

CheckpointKind = Literal[
    "read", "choice", "many", "number", "text", "order", "predict", "write", "exercise", "parts"
]
Answer = bool | str | list[str] | list[bool | str | list[str]]
"""read: true. choice: an option's id. many, order: ids. number, text, predict, write: the text as
typed. exercise: the code. parts: a list with one answer a part."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Markdown and its sanitised HTML."""

    source: str
    html: str


@dataclass(frozen=True, slots=True)
class OptionView:
    """An option or a line to order; `id` is opaque and differs from learner to learner."""

    id: str
    text: Rendered


@dataclass(frozen=True, slots=True)
class CellView:
    """A visible cell. `html` is the Markdown's, empty for code; hidden source is the empty text.

    `outputs` are nbformat 4 outputs recorded at publishing; `alt` describes a figure among them.
    """

    id: str
    kind: Literal["markdown", "code"]
    source: str
    html: str
    outputs: list[dict[str, Any]]
    alt: str
    hidden_source: bool


@dataclass(frozen=True, slots=True)
class TestView:
    label: str
    passed: bool
    message: str
    hidden: bool
    __test__ = False


@dataclass(frozen=True, slots=True)
class VerdictView:
    passed: bool
    score: float
    outcome: Outcome
    feedback: list[Rendered]
    tests: list[TestView]
    printed: str
    traceback: str
    parts: list["VerdictView"]


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt, as its learner may see it again. `answer` is in the shape it was sent in."""

    id: int
    step: str
    edition: int
    answer: Answer
    passed: bool
    verdict: VerdictView
    at: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question without its answer. Which fields are filled depends on `kind`."""

    kind: CheckpointKind
    ask: Rendered
    options: list[OptionView]
    """choice, many: the options; order: the lines, never in the right order."""
    code: str
    """predict: what to read; exercise: the starter."""
    parts: list["QuestionView"]


@dataclass(frozen=True, slots=True)
class SolutionView:
    """What may be seen once a step is settled and the course allows it. `kind` is the question's."""

    kind: CheckpointKind
    code: str
    text: Rendered
    """For all kinds but `exercise`, the right answer in words; for `write`, the model answer."""
    rubric: Rendered
    explanation: Rendered


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """A checkpoint with this learner's standing at it."""

    step: str
    edition: int
    question: QuestionView
    points: float
    hints: list[Rendered]
    """Those taken so far."""
    hints_total: int
    last_attempt: AttemptView | None
    last_pass: AttemptView | None
    """The latest that passed, also where later ones did not: the face of a passed step."""
    attempts: int
    failures_left: int | None
    """Failed attempts until "show me and go on" is offered; 0: offered now; None: never."""
    pause_seconds: float
    solution: SolutionView | None


@dataclass(frozen=True, slots=True)
class StepView:
    """An unlocked step."""

    id: str
    title: str
    state: StepState
    cells: list[CellView]
    checkpoint: CheckpointView


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
class AttemptResult:
    """The answer to an attempt. `unlocked` is the id of a step that this attempt has unlocked.

    `counted` is False for a repeated identical wrong answer and in preview. `replayed`: this attempt
    was stored before, under the same idempotency key, and nothing was judged again.
    """

    attempt: AttemptView
    counted: bool
    checkpoint: CheckpointView
    progress: ProgressView
    unlocked: str | None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class ShowResult:
    """The answer to "show me and go on": the checkpoint with its solution, and what it unlocked."""

    checkpoint: CheckpointView
    progress: ProgressView
    unlocked: str | None


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """A learner's attempts at one step, newest first. Pass `next_before` as `before` to go on."""

    items: list[AttemptView]
    next_before: int | None


@dataclass(frozen=True, slots=True)
class WaitingView:
    """How many gradings at most come before an attempt's.

    None when it does not wait: it is at work, or judged, or there is none with this key here.
    """

    before: int | None


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


@dataclass(frozen=True, slots=True)
class DraftView:
    """Half-written work. `slot` is a step's id, `cell:<cell id>` or `scratch:<chapter id>`.

    One draft a device: two devices never overwrite each other. `revision` counts a device's saves.
    """

    slot: str
    device: str
    text: str
    revision: int
    at: str


@dataclass(frozen=True, slots=True)
class UserView:
    id: int
    name: str
    admin: bool
    at: str
