"""`recheck: true`: whoever passed a checkpoint before it was corrected has to pass it again.

An answer is judged by the edition that its learner saw, so that nobody is failed by a change behind an
open page. But one to a question of before such a correction would not count: it is not taken, however
many editions later, whether or not the mark is still there.
"""

from collections.abc import Mapping

from courses.models.checkpoint import Checkpoint
from courses.models.course import Course, Edition


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


def asked_since(old: Edition, new: Course) -> Mapping[str, int]:
    """`Course.asked_since` of the edition that comes after `old`."""
    again = steps_asked_again(old.course, new)
    return {**old.course.asked_since, **dict.fromkeys(again, old.number + 1)}


def counts_no_more(edition: Edition, step: str, newest: Course) -> bool:
    """Whether a pass of the step as it is in `edition` would be worth nothing now."""
    return edition.number < newest.asked_since.get(step, 0)
