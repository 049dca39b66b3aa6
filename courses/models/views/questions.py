"""What a question shows, and its solution once that may be seen."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rendered:
    """Markdown and its sanitised HTML."""

    source: str
    html: str


CheckpointKind = Literal[
    "read", "choice", "many", "number", "text", "order", "predict", "write", "exercise", "parts"
]


Answer = bool | str | list[str] | list[bool | str | list[str]]
"""read: true. choice: an option's id. many, order: ids. number, text, predict, write: the text as
typed. exercise: the code. parts: a list with one answer a part."""


@dataclass(frozen=True, slots=True)
class OptionView:
    """An option or a line to order; `id` is opaque and differs from learner to learner."""

    id: str
    text: Rendered


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
