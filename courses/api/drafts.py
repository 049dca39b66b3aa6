"""Half-written work, so that it survives a reload and a change of device."""

from courses.api.registry import Route
from courses.api.wire import DraftBody, DraftList
from courses.models.views import DraftView
from courses.services.platform import Actor, Platform
from courses.services.read_drafts import read_drafts
from courses.services.save_draft import save_draft


def _read_drafts(platform: Platform, actor: Actor, course: str, chapter: str) -> DraftList:
    return DraftList(items=read_drafts(platform, actor, course, chapter))


def _save_draft(platform: Platform, actor: Actor, course: str, slot: str, body: DraftBody) -> DraftView:
    return save_draft(
        platform, actor, course, slot, device=body.device, text=body.text, revision=body.revision
    )


ROUTES = (
    Route(
        "read_drafts",
        "GET",
        "/courses/{course}/chapters/{chapter}/drafts",
        _read_drafts,
        DraftList,
        "The drafts of a chapter's unlocked steps, from every device, newest first",
    ),
    Route(
        "save_draft",
        "PUT",
        "/courses/{course}/drafts/{slot}",
        _save_draft,
        DraftView,
        "Save a draft; an older revision of the same device changes nothing. Answers what is stored",
        body=DraftBody,
    ),
)
