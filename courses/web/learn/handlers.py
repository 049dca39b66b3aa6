"""What every handler under /learn shares: they act for the signed-in person, on what is theirs."""

from collections.abc import Callable
from typing import Any, TypeVar

from courses.kernels.sessions import Sessions
from courses.services.platform import Actor
from courses.web.page import PageHandler

R = TypeVar("R")
NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"
CHAPTER = rf"/learn/(?P<course>{NAME})/(?P<chapter>{NAME})"


class LearnHandler(PageHandler):
    """Base of the learner's routes. Every method is `@web.authenticated`."""

    auth_resource = "stepwise"

    def set_default_headers(self) -> None:
        """What is said to one person at one moment is kept nowhere: nobody asks whether it has changed."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    @property
    def person(self) -> Actor:
        """Who asks. Only after authentication."""
        if self.actor is None:
            raise AssertionError("A learner's route ran for nobody.")
        return self.actor

    @property
    def sessions(self) -> Sessions:
        sessions: Sessions = self.settings["stepwise_sessions"]
        return sessions

    async def ask(self, use_case: Callable[..., R], *args: Any) -> R:
        """Run a use case as the person who asks."""
        return await self.run(use_case, self.platform, self.person, *args)
