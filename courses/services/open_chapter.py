"""Open a chapter: its outline, its unlocked steps, and nothing of the others."""

from courses.models.views import ChapterView
from courses.services.platform import Actor, Platform


def open_chapter(platform: Platform, actor: Actor, course: str, chapter: str) -> ChapterView:
    """The chapter as the actor may see it; enrols a newcomer. Raises NotFound."""
    raise NotImplementedError
