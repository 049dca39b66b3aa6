"""An unlocked step: its cells, and its checkpoint with this learner's standing at it."""

from dataclasses import dataclass
from typing import Any, Literal

from courses.models.progress import StepState
from courses.models.views.attempts import AttemptView
from courses.models.views.questions import QuestionView, Rendered, SolutionView


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
