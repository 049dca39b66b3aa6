"""Who somebody is, and what they have half written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DraftView:
    """Half-written work. `slot` is a step's id, `cell:<cell id>` or `scratch:<chapter id>`.

    One draft a device: two devices never overwrite each other. `revision` counts a device's saves.
    """

    slot: str
    device: str
    text: str
    revision: int
    at: str


@dataclass(frozen=True, slots=True)
class UserView:
    id: int
    name: str
    admin: bool
    at: str
