"""The code of a chapter as one learner has it: the author's cells and accepted exercises, in order.

Grading replays it before a submission, and a new kernel so that a learner's variables exist again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courses.models.cell_syntax import contained
from courses.models.checkpoint import Exercise
from courses.models.course import Cell, Chapter, Step
from courses.services.place import Place
from courses.services.records import Given
from courses.services.store import UnitOfWork

Accepted = Mapping[str, Given]
"""A learner's latest passed answer a step."""


@dataclass(frozen=True, slots=True)
class ReplayCell:
    """Code to run. `id` is the cell's, or the step's for an exercise; set-up cells are not visible.

    A cell that `may_raise` is meant to, and holds nothing up.
    """

    id: str
    source: str
    visible: bool
    may_raise: bool = False


def author_cells(cells: Sequence[Cell]) -> list[ReplayCell]:
    """The code cells that are run again."""
    return [
        ReplayCell(cell.id, cell.source, visible=not cell.setup, may_raise=cell.raises_exception)
        for cell in cells
        if cell.kind == "code" and not cell.no_replay
    ]


def exercise_cells(step: Step, accepted: Accepted, *, solve: bool) -> list[ReplayCell]:
    """The step's exercise as the learner solved it; where they did not, as the author did if `solve`."""
    question = step.checkpoint.question
    if not isinstance(question, Exercise):
        return []
    given = accepted.get(step.id)
    source = given if isinstance(given, str) else question.solution if solve else None
    return [] if source is None else [ReplayCell(step.id, source, visible=True)]


def accepted_answers(unit: UnitOfWork, place: Place, steps: Sequence[Step]) -> Accepted:
    """Of passes that count; empty in preview, where nothing is settled."""
    exercises = [
        step.id
        for step in steps
        if step.id in place.settled and isinstance(step.checkpoint.question, Exercise)
    ]
    if not exercises:
        return {}
    latest = unit.attempts.latest_passed(place.actor.id, place.course.id, exercises)
    return {step: attempt.given for step, attempt in latest.items()}


def code_before(unit: UnitOfWork, place: Place, chapter: Chapter, step: Step) -> tuple[str, ...]:
    """What runs before a submission to `step` is judged: the chapter's code so far."""
    earlier = chapter.steps[: chapter.steps.index(step)]
    accepted = accepted_answers(unit, place, earlier)
    cells = [
        cell for s in earlier for cell in (*author_cells(s.cells), *exercise_cells(s, accepted, solve=True))
    ]
    return _sources((*cells, *author_cells(step.cells)))


def authors_code(chapter: Chapter, step: Step) -> tuple[str, ...]:
    """What of that is the author's, whoever the learner is."""
    steps = chapter.steps[: chapter.steps.index(step) + 1]
    return _sources([cell for s in steps for cell in author_cells(s.cells)])


def _sources(cells: Sequence[ReplayCell]) -> tuple[str, ...]:
    return tuple(contained(cell.source) if cell.may_raise else cell.source for cell in cells)
