"""What a new edition does to learners who are in the middle of the old one."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from courses.authoring.spots import Spot
from courses.errors import Finding
from courses.models.course import Chapter, Course, Step
from courses.models.recheck import is_asked_again


def compare_editions(old: Course, new: Course) -> list[Finding]:
    """Warnings about step ids that are gone, have moved or ask for another kind of answer."""
    findings: list[Finding] = []
    added = [step for _, step in _steps(new) if old.find_step(step.id) is None]
    for chapter, step in _steps(old):
        found = new.find_step(step.id)
        if found is None:
            _report_gone(Spot(f"{chapter.id}.ipynb", findings, field=step.id), step, added)
        else:
            _report_change(Spot(f"{found[0].id}.ipynb", findings, field=step.id), chapter, step, *found)
    return findings


def _report_gone(spot: Spot, step: Step, added: list[Step]) -> None:
    renamed = next((other for other in added if _is_same(step, other)), None)
    if renamed is not None:
        spot.warn(
            f"The step “{step.title}” has got the id “{renamed.id}”: whoever passed it must pass it again.",
            f"Ids never change: write `{step.id}` again.",
        )
    else:
        spot.warn(f"The step “{step.title}” is gone.", "Its attempts are kept; learners see it no more.")


def _report_change(spot: Spot, old_chapter: Chapter, old: Step, chapter: Chapter, new: Step) -> None:
    if old_chapter.id != chapter.id:
        message = f"The step has moved here from {old_chapter.id}.ipynb; who passed it there has passed it."
        spot.warn(message, "If it is another step, give it an id of its own.")
    if is_asked_again(old.checkpoint, new.checkpoint):
        message = "The checkpoint has `recheck: true`: whoever passed it before has to pass it again."
        spot.warn(message, "Take that line out, so that passes stay when the question changes again.")
    before, after = old.checkpoint.question.kind, new.checkpoint.question.kind
    if before != after and not new.checkpoint.recheck:
        message = f"The checkpoint was of kind `{before}` and is `{after}` now; earlier passes count."
        spot.warn(message, "If they should not, write `recheck: true` or give it a new id.")


def _is_same(old: Step, new: Step) -> bool:
    """Whether a step whose id is new is an old one under another name."""
    one, other = old.checkpoint.question, new.checkpoint.question
    return one.kind == other.kind and SequenceMatcher(None, repr(one), repr(other)).ratio() > 0.8


def _steps(course: Course) -> Iterator[tuple[Chapter, Step]]:
    return ((chapter, step) for chapter in course.chapters for step in chapter.steps)
