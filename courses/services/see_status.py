"""How a server is doing, for those who teach on it and those who look after it."""

from collections.abc import Mapping
from dataclasses import dataclass

from courses.errors import Forbidden
from courses.services.place import Place, enter
from courses.services.platform import Actor, Platform


@dataclass(frozen=True, slots=True)
class SandboxState:
    """Whether learners' kernels run in sandboxes, and what is amiss.

    `reason` says why there is none; `unsandboxed` that they run all the same. `lacking` maps a layer to
    what its lack means and why it is lacking, `problems` what could not be warmed up to the reason.
    `ended` counts the warm processes that ended by themselves.
    """

    layers: str = ""
    lacking: Mapping[str, tuple[str, str]] | None = None
    problems: Mapping[str, str] | None = None
    reason: str = ""
    unsandboxed: bool = False
    ended: int = 0


@dataclass(frozen=True, slots=True)
class Running:
    """What runs at this moment: kernels by their owner's id, and how many there may be.

    `gradings_sandboxed` is None as long as nothing has been graded.
    """

    kernels: Mapping[int, int]
    most_kernels: int
    gradings: int
    gradings_waiting: int
    gradings_sandboxed: bool | None
    sandbox: SandboxState


@dataclass(frozen=True, slots=True)
class CourseLine:
    id: str
    title: str
    edition: int


@dataclass(frozen=True, slots=True)
class StatusView:
    """`kernels_of` maps people's names to how many kernels they have: for administrators alone."""

    courses: tuple[CourseLine, ...]
    kernels_of: Mapping[str, int]


def teaches(actor: Actor, roles: list[str]) -> bool:
    """Whether somebody with these roles in courses may see how the server is doing."""
    return actor.admin or "instructor" in roles


def see_status(platform: Platform, actor: Actor, kernels: Mapping[int, int]) -> StatusView:
    """Raises Forbidden for whoever neither teaches a course nor looks after the server."""
    with platform.store.reading() as unit:
        places = [enter(unit, actor, course) for course in unit.editions.courses()]
        if not teaches(actor, [place.role for place in places]):
            raise Forbidden("The server's status is for instructors and administrators.")
        names = {user.id: user.name for user in unit.users.all()} if actor.admin else {}
    owners = {name: kernels[user] for user, name in names.items() if user in kernels}
    return StatusView(tuple(map(_line, places)), owners)


def _line(place: Place) -> CourseLine:
    return CourseLine(place.course.id, place.course.title, place.edition.number)
