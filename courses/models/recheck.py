"""`recheck: true`: whoever passed a checkpoint before it was corrected has to pass it again."""

from courses.models.checkpoint import Checkpoint
from courses.models.course import Course


def is_asked_again(old: Checkpoint, new: Checkpoint) -> bool:
    """Whether a pass of `old` does not count for `new`, which has taken its place.

    A mark that stays in the source from edition to edition says nothing until the question changes.
    """
    return new.recheck and (not old.recheck or old.question != new.question)


def steps_asked_again(old: Course, new: Course) -> list[str]:
    """The ids of the steps of both courses whose passes do not count any more."""
    return [
        step.id
        for chapter in new.chapters
        for step in chapter.steps
        if (before := old.find_step(step.id)) and is_asked_again(before[1].checkpoint, step.checkpoint)
    ]
