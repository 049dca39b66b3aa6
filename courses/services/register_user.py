"""Register a learner, as far as the operator allows."""

import hmac

from courses.errors import RegistrationClosed
from courses.models.views import UserView
from courses.services.credentials import check_name, check_password
from courses.services.platform import Platform
from courses.services.records import User


def register_user(platform: Platform, name: str, password: str, code: str = "") -> UserView:
    """Raises RegistrationClosed, Rejected (name), WeakPassword and NameTaken."""
    if platform.registration == "off":
        raise RegistrationClosed("Registration is closed. Ask whoever runs this server for an account.")
    if platform.registration == "code" and not _same(platform.registration_code, code):
        raise RegistrationClosed("The registration code is not right. Ask your instructor for it.")
    return create_account(platform, name, password, admin=False)


def create_account(platform: Platform, name: str, password: str, *, admin: bool) -> UserView:
    """Raises Rejected (name), WeakPassword and NameTaken."""
    kept = check_name(name)
    check_password(kept, password)
    hashed = platform.passwords.hash(password)
    with platform.store.unit() as unit:
        user = unit.users.add(kept, hashed, admin, platform.clock())
        unit.commit()
    return user_view(user)


def user_view(user: User) -> UserView:
    return UserView(user.id, user.name, user.admin, user.at.isoformat())


def _same(expected: str, code: str) -> bool:
    """An operator who asks for a code and names none lets nobody in."""
    given = code.strip().encode("utf-8", "replace")
    return bool(expected) and hmac.compare_digest(expected.encode(), given)
