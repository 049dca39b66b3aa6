"""Sign in and out, with sessions that the server can revoke."""

from dataclasses import dataclass, field

from courses.models.views import UserView
from courses.services.platform import Actor, Platform


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` goes into the browser's cookie and is stored nowhere."""

    user: UserView
    token: str = field(repr=False)


def sign_in(platform: Platform, name: str, password: str, address: str) -> SignedIn:
    """Start a session. Raises BadCredentials and TooMany."""
    raise NotImplementedError


def find_session(platform: Platform, token: str) -> Actor | None:
    """Who the token's session belongs to; roles are read afresh every time."""
    raise NotImplementedError


def sign_out(platform: Platform, token: str) -> None:
    """End the session. A token that is not known is no error."""
    raise NotImplementedError
