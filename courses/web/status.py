"""GET /status: how the server is doing, for instructors and administrators."""

from collections.abc import Callable

from tornado import web

from courses import __version__
from courses.services.see_status import Running, see_status
from courses.web.page import PageHandler


class Status(PageHandler):
    """Made anew for each request. Reasons may name places on the machine: only administrators see them."""

    @web.authenticated
    async def get(self) -> None:
        actor = self.actor
        assert actor is not None
        running: Callable[[], Running] = self.settings["stepwise_running"]
        now = running()
        view = await self.run(see_status, self.platform, actor, now.kernels)
        await self.show("status.html", now=now, view=view, admin=actor.admin, staff=True, version=__version__)
