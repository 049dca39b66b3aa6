"""What the forms of the entrance share: what was typed, what is wrong with it, and how a session starts."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TypeVar

from jupyter_server.auth.decorator import allow_unauthenticated

from courses.errors import (
    BadCredentials,
    Forbidden,
    NameTaken,
    RegistrationClosed,
    Rejected,
    StepwiseError,
    TooMany,
)
from courses.services import sign_in as sessions
from courses.web.addresses import address_number, safe_next
from courses.web.identity import StepwiseIdentityProvider
from courses.web.page import PageHandler

R = TypeVar("R")


def _said_elsewhere(text: str) -> str:
    """Marks a text for the catalogue that use cases put together with numbers."""
    return text


_REFUSALS = (
    _said_elsewhere("Choose a name of {0} to {1} characters."),
    _said_elsewhere("Choose a password of at least {0} characters."),
    _said_elsewhere("Choose a password of at most {0} characters, each of them a real one."),
)


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed and what is wrong with it. A password is never sent back."""

    name: str = ""
    code: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    notice: str = ""


class AccountHandler(PageHandler):
    """What the forms share."""

    @property
    def provider(self) -> StepwiseIdentityProvider:
        assert isinstance(self.identity_provider, StepwiseIdentityProvider)
        return self.identity_provider

    @property
    def next_page(self) -> str:
        """Where to go once signed in."""
        return safe_next(self.get_argument("next", ""), self.base_url)

    def typed(self, name: str) -> str:
        return self.get_body_argument(name, "", strip=name != "password")

    async def hash(self, use_case: Callable[..., R], *args: str) -> R:
        """Run a use case that hashes a password, which takes long. It has threads of its own: strangers
        who try many hold up nobody who is signed in.
        """
        return await self.run_in("stepwise_entrance_executor", partial(use_case, self.platform, *args))

    async def start_session(self, name: str, password: str) -> None:
        """Sign in, in place of whoever was signed in here. Raises BadCredentials and TooMany."""
        household = str(address_number(self.request.remote_ip or ""))
        signed_in = await self.hash(sessions.sign_in, name, password, household)
        await self.run(sessions.sign_out, self.platform, self.provider.session_token(self))
        self.provider.start_session(self, signed_in.token)

    def refuse(self, error: StepwiseError) -> Form:
        """Set the status, and say beside the field what is wrong."""
        errors: dict[str, str] = {}
        notice = ""
        match error:
            case BadCredentials():
                self.set_status(401)
                notice = self.gettext("The name or the password is not right.")
            case TooMany():
                self.set_status(429)
                self.set_header("Retry-After", str(math.ceil(error.retry_after)))
                notice = self._wait(error.retry_after)
            case NameTaken():
                self.set_status(409)
                errors["name"] = self.gettext("This name is taken. Choose another one.")
            case RegistrationClosed():
                self.set_status(403)
                errors["code"] = self.gettext("This code is not right. Ask your teacher for it.")
            case Rejected():
                self.set_status(422)
                errors[error.field] = self._translated(str(error))
            case Forbidden():
                self.set_status(403)
                notice = self.gettext(
                    "This link has been used, or it is too old. Restart the server: it prints a new one."
                )
            case _:
                raise error
        return Form(self.typed("name"), self.typed("code"), errors, notice)

    def _translated(self, refusal: str) -> str:
        """A refusal in the reader's language. Numbers in it are looked up as {0}, {1} and so on."""
        numbers = re.findall(r"\d+", refusal)
        places = count()
        return self.gettext(re.sub(r"\d+", lambda _: f"{{{next(places)}}}", refusal)).format(*numbers)

    def _wait(self, seconds: float) -> str:
        minutes = math.ceil(seconds / 60)
        if seconds < 60:
            text = self.ngettext(
                "Too many tries. Wait {n} second, then try again.",
                "Too many tries. Wait {n} seconds, then try again.",
                math.ceil(seconds),
            )
            return text.format(n=math.ceil(seconds))
        text = self.ngettext(
            "Too many tries. Wait {n} minute, then try again.",
            "Too many tries. Wait {n} minutes, then try again.",
            minutes,
        )
        return text.format(n=minutes)


class Entrance(AccountHandler):
    """A form for strangers; who is signed in goes on."""

    @allow_unauthenticated
    async def get(self) -> None:
        if self.actor:
            self.redirect(self.next_page)
            return
        await self._show(Form())

    async def _show(self, form: Form) -> None:
        raise NotImplementedError
