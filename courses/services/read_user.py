"""The person who asks, as they may see themselves."""

from courses.errors import NotFound
from courses.models.views import UserView
from courses.services.platform import Actor, Platform


def read_user(platform: Platform, actor: Actor) -> UserView:
    """The actor's own account. Raises NotFound when it is gone."""
    with platform.store.reading() as unit:
        user = unit.users.find(actor.name)
    if user is None:
        raise NotFound("user", actor.name)
    return UserView(user.id, user.name, user.admin, user.at.isoformat())
