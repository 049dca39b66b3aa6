"""Sign in and out."""

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.utils import url_path_join

from courses.errors import BadCredentials, TooMany
from courses.services import sign_in as sessions
from courses.web.account_forms import AccountHandler, Entrance, Form


class SignIn(Entrance):
    """GET and POST /login."""

    @allow_unauthenticated
    async def post(self) -> None:
        try:
            await self.start_session(self.typed("name"), self.typed("password"))
        except (BadCredentials, TooMany) as error:
            await self._show(self.refuse(error))
        else:
            self.redirect(self.next_page)

    async def _show(self, form: Form) -> None:
        await self.show(
            "sign_in.html", form=form, next=self.next_page, may_register=self.platform.registration != "off"
        )


class SignOut(AccountHandler):
    """POST /logout ends the session; GET only asks, because a link must not sign anybody out.

    On a shared computer nothing of the course stays in the browser's cache. Its storage stays: half-written
    work may wait there to be sent, and what the server has goes when the entrance is shown (`site.js`).
    """

    @allow_unauthenticated
    async def get(self) -> None:
        if self.actor is None:
            self.redirect(url_path_join(self.base_url, "login"))
            return
        await self.show("sign_out.html")

    @allow_unauthenticated
    async def post(self) -> None:
        await self.run(sessions.sign_out, self.platform, self.provider.session_token(self))
        self.provider.clear_login_cookie(self)
        self.set_header("Clear-Site-Data", '"cache"')
        self.redirect(url_path_join(self.base_url, "login"))
