"""Who asks: the person whose session the request's cookie names, looked up afresh every time.

There is no shared token and no token in an address. The cookie holds a random session token and
nothing about the person, so a session that the server ends is over at once. A server where somebody
else signs people in (JupyterHub) configures another IdentityProvider; what the platform needs of it is
a `current_user` with an `actor`.
"""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from jupyter_server.auth import IdentityProvider, User
from tornado.web import RequestHandler
from traitlets import default

from courses.services.platform import Actor
from courses.services.sign_in import find_session

COOKIE_DAYS = 30
"""How long a browser keeps the cookie; the session behind it may end sooner."""


@dataclass
class SignedInUser(User):
    """A person as jupyter_server and our handlers know them."""

    actor: Actor = field(kw_only=True)

    @classmethod
    def of(cls, actor: Actor) -> "SignedInUser":
        return cls(username=str(actor.id), name=actor.name, display_name=actor.name, actor=actor)


class StepwiseIdentityProvider(IdentityProvider):
    """Signs people in by a server-side session."""

    token = ""
    need_token = False
    auth_enabled = True
    login_available = True
    logout_available = True

    @default("cookie_options")
    def _cookie_options_default(self) -> dict[str, Any]:
        return {"expires_days": COOKIE_DAYS}

    def get_handlers(self) -> list[tuple[str, object]]:
        """None: signing in and out are pages of ours, among the others."""
        return []

    async def get_user(self, handler: RequestHandler) -> SignedInUser | None:
        """The signed-in person, or None. An unknown or ended session's cookie is taken back."""
        known: SignedInUser | None = getattr(handler, "_jupyter_current_user", None)
        if known is not None:
            return known
        token = self.session_token(handler)
        if not token:
            return None
        actor = await asyncio.get_running_loop().run_in_executor(
            handler.settings["stepwise_executor"], find_session, handler.settings["stepwise_platform"], token
        )
        if actor is None:
            self.clear_login_cookie(handler)
            return None
        return SignedInUser.of(actor)

    def session_token(self, handler: RequestHandler) -> str:
        """The session token that the browser sent, or the empty text."""
        value = handler.get_signed_cookie(self.get_cookie_name(handler), max_age_days=COOKIE_DAYS)
        return value.decode("ascii", "replace") if value else ""

    def start_session(self, handler: RequestHandler, token: str) -> None:
        """Give the browser a new session's cookie: for this server's pages only, out of scripts' reach."""
        options = {"path": handler.settings["base_url"], **self.cookie_options, "httponly": True}
        if self.secure_cookie is not None:
            options["secure"] = self.secure_cookie
        handler.set_signed_cookie(self.get_cookie_name(handler), token, **options)

    def get_cookie_name(self, handler: RequestHandler) -> str:
        """Names the host and port, because servers on one host share its cookies."""
        name: str = self.cookie_name
        return name or re.sub(r"[^A-Za-z0-9]", "-", f"stepwise-{handler.request.host}")

    def set_login_cookie(self, handler: RequestHandler, user: User) -> None:
        """Unused: a session starts with `start_session`, never from a user alone."""
        raise NotImplementedError("Sessions start with start_session().")

    async def get_user_token(self, handler: RequestHandler) -> None:
        """There are no tokens that stand for a person."""

    def is_token_authenticated(self, handler: RequestHandler) -> bool:
        """Never: every request passes the checks against cross-site requests."""
        return False
