"""The right answer in words, for those who may see it."""

import re

from courses.models.checkpoint import (
    Checkpoint,
    Choice,
    Exercise,
    Many,
    Number,
    Order,
    Parts,
    Predict,
    Question,
    Text,
    Write,
)
from courses.models.course import Policies
from courses.models.progress import Settlement


def may_see_solution(policies: Policies, settlement: Settlement | None) -> bool:
    """A settled step's solution, where the course allows it; what was shown stays shown."""
    return settlement == "shown" or (settlement is not None and policies.solution == "after-pass")


def solution_code(question: Question | Parts) -> str:
    return question.solution if isinstance(question, Exercise) else ""


def solution_text(question: Question | Parts) -> str:  # noqa: PLR0911 - one return a kind
    """Markdown; empty for an exercise, whose solution is code, and where there is nothing to tell."""
    match question:
        case Choice() | Many():
            return _lines([option.text for option in question.options if option.correct])
        case Number():
            tolerance = f" (± {_number(question.tolerance)})" if question.tolerance else ""
            return _number(question.answer) + tolerance
        case Text():
            return _code(question.answers[0]) if question.answers else ""
        case Order(code=True):
            return fenced("\n".join(question.lines))
        case Order():
            return "\n".join(f"{i}. {_indented(line)}" for i, line in enumerate(question.lines, 1))
        case Predict():
            return fenced(question.answer)
        case Write():
            return question.model
        case Parts():
            words = (solution_text(part) or "–" for part in question.questions)
            return "\n".join(f"{i}. {_indented(text)}" for i, text in enumerate(words, 1))
        case _:
            return ""


def rubric(checkpoint: Checkpoint) -> str:
    return checkpoint.question.rubric if isinstance(checkpoint.question, Write) else ""


def fenced(code: str) -> str:
    """A Markdown code block around any text, fences and all."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`+", code))])
    return f"{fence}\n{code}\n{fence}"


def _lines(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else "\n".join(f"- {_indented(text, 2)}" for text in texts)


def _indented(text: str, by: int = 3) -> str:
    return text.replace("\n", "\n" + " " * by)


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _code(text: str) -> str:
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"
