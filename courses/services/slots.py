"""Where half-written work belongs: a step's answer, an edited example, a chapter's scratch cell."""

from courses.errors import NotFound
from courses.models.course import Chapter
from courses.services.place import Place


def chapter_slots(place: Place, chapter: Chapter) -> list[str]:
    """The slots of what is open in the chapter."""
    slots = [f"scratch:{chapter.id}"]
    for step in place.unlocked(chapter):
        slots.append(step.id)
        slots += [f"cell:{cell.id}" for cell in step.cells if cell.kind == "code"]
    if place.preview or place.finished(chapter):
        slots += [f"cell:{cell.id}" for cell in chapter.closing if cell.kind == "code"]
    return slots


def require_slot(place: Place, slot: str) -> None:
    """Raises StepLocked for a locked step's answer, and NotFound for any other slot that is not open."""
    if any(slot in chapter_slots(place, chapter) for chapter in place.course.chapters):
        return
    if place.course.find_step(slot):
        place.step(slot)
    raise NotFound("draft slot", slot)
