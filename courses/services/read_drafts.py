"""Half-written work of a chapter, from every device."""

from courses.models.views import DraftView
from courses.services.platform import Actor, Platform


def read_drafts(platform: Platform, actor: Actor, course: str, chapter: str) -> list[DraftView]:
    """Drafts of the chapter's unlocked slots, newest first. Raises NotFound."""
    raise NotImplementedError
