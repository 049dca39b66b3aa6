"""What settling a step opens."""

from collections.abc import Mapping

from courses.models.course import Chapter
from courses.models.progress import Settlement, chapter_progress


def newly_unlocked(
    chapter: Chapter, settled: Mapping[str, Settlement], step: str, settlement: Settlement
) -> str | None:
    """The step that opens when `step` is settled, if one does."""
    ids = [s.id for s in chapter.steps]
    before = chapter_progress(ids, settled)
    after = chapter_progress(ids, {**settled, step: settlement})
    opened = after.current is not None and before.states[after.current] == "locked"
    return ids[after.current] if opened and after.current is not None else None
