"""What an operator does with accounts."""

from courses.models.views import UserView
from courses.services.platform import Platform
from courses.services.records import Role


def add_user(platform: Platform, name: str, password: str, admin: bool = False) -> UserView:
    """Raises Rejected (name), WeakPassword and NameTaken."""
    raise NotImplementedError


def set_password(platform: Platform, name: str, password: str) -> None:
    """Set a password and end the person's sessions. Raises NotFound and WeakPassword."""
    raise NotImplementedError


def set_role(platform: Platform, name: str, course: str, role: Role) -> None:
    """Give a role in a course. Raises NotFound."""
    raise NotImplementedError


def list_users(platform: Platform) -> list[UserView]:
    """Everybody, by name."""
    raise NotImplementedError


def create_admin_link(platform: Platform) -> str | None:
    """The token of a one-time link to make the first administrator; None when there is one."""
    raise NotImplementedError


def use_admin_link(platform: Platform, token: str, name: str, password: str) -> UserView:
    """Register the first administrator. Raises Forbidden when the link is used, old or unknown."""
    raise NotImplementedError
