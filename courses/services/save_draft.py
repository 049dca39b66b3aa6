"""Keep half-written work, one draft a slot and device."""

import re

from courses.errors import BadAnswer, Rejected
from courses.models.views import DraftView
from courses.services.answers import clean_text
from courses.services.place import enter
from courses.services.platform import Actor, Platform
from courses.services.records import Draft
from courses.services.slots import require_slot

MAX_TEXT = 256 * 1024
MAX_DEVICES = 8
"""Drafts kept a slot; the devices that saved last keep theirs."""


def save_draft(
    platform: Platform, actor: Actor, course: str, slot: str, *, device: str, text: str, revision: int
) -> DraftView:
    """Save unless the device has saved this revision or a later one; returns what is stored.

    Raises NotFound for an unknown slot, StepLocked, and Rejected.
    """
    _check(device, text, revision)
    with platform.store.unit() as unit:
        place = enter(unit, actor, course)
        require_slot(place, slot)
        stored = unit.drafts.get(actor.id, course, slot, device)
        if stored is not None and stored.revision >= revision:
            return draft_view(stored)
        draft = Draft(slot, device, text, revision, platform.clock())
        unit.drafts.save(actor.id, course, draft, keep=MAX_DEVICES)
        unit.commit()
    return draft_view(draft)


def draft_view(draft: Draft) -> DraftView:
    return DraftView(draft.slot, draft.device, draft.text, draft.revision, draft.at.isoformat())


def _check(device: str, text: str, revision: int) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", device):
        raise Rejected("device", "Name the device with 1 to 64 letters, digits, - or _.")
    if not 0 <= revision < 2**53:
        raise Rejected("revision", "A revision is a whole number from 0 on.")
    try:
        clean_text(text, MAX_TEXT)
    except BadAnswer as error:
        raise Rejected("text", str(error).replace("answer", "draft")) from None
