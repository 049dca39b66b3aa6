"""Sign in and out, with sessions that the server can revoke."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from courses.errors import BadCredentials
from courses.models.views import UserView
from courses.services.credentials import find_name, new_token, token_digest
from courses.services.platform import Actor, Platform
from courses.services.records import User
from courses.services.register_user import user_view
from courses.services.throttle import forgive, reserve_try


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` goes into the browser's cookie and is stored nowhere."""

    user: UserView
    token: str = field(repr=False)


def sign_in(platform: Platform, name: str, password: str, address: str) -> SignedIn:
    """Start a session. Raises BadCredentials and TooMany.

    A name that nobody has costs the same work, and gets the same answer, as a wrong password.
    """
    kept = find_name(name) or ""
    reserved = reserve_try(platform, kept or name, address)
    with platform.store.reading() as unit:
        user = unit.users.find(kept) if kept else None
    decoy = _decoy(platform.passwords.hash)
    right = platform.passwords.verify(user.password if user else decoy, password)
    if user is None or not right:
        raise BadCredentials
    forgive(platform, reserved)
    return SignedIn(user_view(user), _start_session(platform, user))


def find_session(platform: Platform, token: str) -> Actor | None:
    """Who the token's session belongs to; roles are read afresh every time."""
    with platform.store.reading() as unit:
        session = unit.sessions.find(token_digest(token))
    if session is None or session.expires <= platform.clock():
        return None
    return Actor(session.user.id, session.user.name, session.user.admin)


def sign_out(platform: Platform, token: str) -> None:
    """End the session. A token that is not known is no error."""
    with platform.store.unit() as unit:
        unit.sessions.remove(token_digest(token))
        unit.commit()


def _start_session(platform: Platform, user: User) -> str:
    token, now = new_token(), platform.clock()
    with platform.store.unit() as unit:
        unit.sessions.remove_expired(now)
        unit.sessions.add(user.id, token_digest(token), now, now + platform.session)
        unit.commit()
    return token


@lru_cache(maxsize=8)
def _decoy(hash_password: Callable[[str], str]) -> str:
    """A hash that no password matches, to be checked where there is no account."""
    return hash_password(new_token())
