"""What an operator does with accounts."""

from datetime import timedelta
from typing import get_args

from courses.errors import Forbidden, NotFound, Rejected
from courses.models.views import UserView
from courses.services.credentials import check_name, check_password, find_name, new_token, token_digest
from courses.services.platform import Platform
from courses.services.records import Role, User
from courses.services.register_user import create_account, user_view
from courses.services.store import UnitOfWork

LINK = timedelta(hours=24)


def add_user(platform: Platform, name: str, password: str, admin: bool = False) -> UserView:
    """Raises Rejected (name), WeakPassword and NameTaken."""
    return create_account(platform, name, password, admin=admin)


def set_password(platform: Platform, name: str, password: str) -> None:
    """Set a password and end the person's sessions. Raises NotFound and WeakPassword."""
    check_password(name, password)
    hashed = platform.passwords.hash(password)
    with platform.store.unit() as unit:
        user = _find(unit, name)
        unit.users.set_password(user.id, hashed)
        unit.sessions.remove_all(user.id)
        unit.commit()


def set_role(platform: Platform, name: str, course: str, role: Role) -> None:
    """Give a role in a course. Raises NotFound, and Rejected for a role that does not exist."""
    if role not in get_args(Role):
        known = ", ".join(get_args(Role))
        raise Rejected("role", f"There is no role “{role}”. Use one of {known}.")
    with platform.store.unit() as unit:
        user = _find(unit, name)
        if course not in unit.editions.courses():
            raise NotFound("course", course)
        unit.enrolments.set_role(user.id, course, role, platform.clock())
        unit.commit()


def list_users(platform: Platform) -> list[UserView]:
    """Everybody, by name."""
    with platform.store.reading() as unit:
        return [user_view(user) for user in unit.users.all()]


def create_admin_link(platform: Platform) -> str | None:
    """The token of a one-time link to make the first administrator; None when there is one.

    A new link replaces the one before it.
    """
    token = new_token()
    with platform.store.unit() as unit:
        if unit.users.any_admin():
            return None
        unit.admin_links.replace(token_digest(token), platform.clock() + LINK)
        unit.commit()
    return token


def use_admin_link(platform: Platform, token: str, name: str, password: str) -> UserView:
    """Register the first administrator. Raises Forbidden when the link is used, old or unknown."""
    kept = check_name(name)
    check_password(kept, password)
    with platform.store.unit() as unit:
        _take_link(platform, unit, token)  # and give it back: strangers get no password hashed
    hashed = platform.passwords.hash(password)
    with platform.store.unit() as unit:
        _take_link(platform, unit, token)
        user = unit.users.add(kept, hashed, True, platform.clock())
        unit.commit()
    return user_view(user)


def _take_link(platform: Platform, unit: UnitOfWork, token: str) -> None:
    if not unit.admin_links.take(token_digest(token), platform.clock()) or unit.users.any_admin():
        raise Forbidden("This link is used up or too old. Restart the server for a new one.")


def _find(unit: UnitOfWork, name: str) -> User:
    kept = find_name(name)
    user = unit.users.find(kept) if kept else None
    if user is None:
        raise NotFound("user", name)
    return user
