"""Keep half-written work, one draft a slot and device."""

from courses.models.views import DraftView
from courses.services.platform import Actor, Platform


def save_draft(
    platform: Platform, actor: Actor, course: str, slot: str, *, device: str, text: str, revision: int
) -> DraftView:
    """Save unless the device has saved this revision or a later one; returns what is stored.

    Raises NotFound for an unknown slot, StepLocked, and Rejected.
    """
    raise NotImplementedError
