"""Make an account: register, or use the one-time link that makes the first administrator."""

from jupyter_server.auth.decorator import allow_unauthenticated

from courses.errors import Forbidden, NameTaken, RegistrationClosed, Rejected, TooMany
from courses.http.rate import SlidingWindow
from courses.services.manage_users import use_admin_link
from courses.services.register_user import register_user
from courses.web.account_forms import AccountHandler, Entrance, Form
from courses.web.addresses import address_number

REGISTRATIONS = 300
"""From one address in `REGISTRATION_SECONDS`: a full lecture hall shares one, and no more than that."""
REGISTRATION_SECONDS = 600.0


class Register(Entrance):
    """GET and POST /register. Who has registered is signed in."""

    def initialize(self, window: SlidingWindow) -> None:
        self._window = window

    @allow_unauthenticated
    async def post(self) -> None:
        name, password = self.typed("name"), self.typed("password")
        try:
            self._window.admit(address_number(self.request.remote_ip or ""))
            await self.hash(register_user, name, password, self.typed("code"))
            await self.start_session(name, password)
        except (NameTaken, RegistrationClosed, Rejected, TooMany) as error:
            await self._show(self.refuse(error))
        else:
            self.redirect(self.next_page)

    async def _show(self, form: Form) -> None:
        mode = self.platform.registration
        await self.show("register.html", form=form, next=self.next_page, mode=mode)


class FirstAdministrator(AccountHandler):
    """GET and POST /setup?token=…: the link that a new server prints."""

    @allow_unauthenticated
    async def get(self) -> None:
        await self._show(Form())

    @allow_unauthenticated
    async def post(self) -> None:
        name, password = self.typed("name"), self.typed("password")
        try:
            await self.hash(use_admin_link, self.typed("token"), name, password)
            await self.start_session(name, password)
        except (Forbidden, NameTaken, Rejected, TooMany) as error:
            await self._show(self.refuse(error))
        else:
            self.redirect(self.base_url)

    async def _show(self, form: Form) -> None:
        await self.show("setup.html", form=form, token=self.get_argument("token", ""))
