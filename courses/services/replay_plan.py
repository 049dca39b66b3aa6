"""What a new kernel must run so that a learner's variables exist again."""

from dataclasses import dataclass

from courses.models.course import CourseFile
from courses.services.platform import Actor, Platform


@dataclass(frozen=True, slots=True)
class ReplayCell:
    """Code to run. `id` is the cell's, or the step's for an exercise; set-up cells are not visible."""

    id: str
    source: str
    visible: bool


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """Cells in the order in which they run, and the files that code may read."""

    cells: tuple[ReplayCell, ...]
    files: tuple[CourseFile, ...]


def replay_plan(platform: Platform, actor: Actor, course: str, chapter: str) -> ReplayPlan:
    """The plan up to where the actor is; nothing of a locked step. Raises NotFound."""
    raise NotImplementedError
