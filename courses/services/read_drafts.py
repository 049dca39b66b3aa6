"""Half-written work of a chapter, from every device."""

from courses.models.views import DraftView
from courses.services.place import enter
from courses.services.platform import Actor, Platform
from courses.services.save_draft import draft_view
from courses.services.slots import chapter_slots


def read_drafts(platform: Platform, actor: Actor, course: str, chapter: str) -> list[DraftView]:
    """Drafts of the chapter's unlocked slots, newest first. Raises NotFound."""
    with platform.store.reading() as unit:
        place = enter(unit, actor, course)
        slots = chapter_slots(place, place.chapter(chapter))
        return [draft_view(draft) for draft in unit.drafts.of_slots(actor.id, course, slots)]
