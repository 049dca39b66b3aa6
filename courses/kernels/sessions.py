"""All sessions of a server: finds a learner's, keeps to the cap, and puts idle kernels to sleep."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from courses.kernels.learner_kernels import LearnerKernels, kernel_id
from courses.kernels.no_kernel import NoRoom
from courses.kernels.notices import ASLEEP, DISPLACED, MADE_ROOM
from courses.kernels.session import ChapterSession
from courses.services.platform import Actor
from courses.services.replay_plan import ReplayPlan

log = logging.getLogger("stepwise.kernels")


@dataclass(frozen=True, slots=True)
class SessionKey:
    """Whose kernel, and for which chapter."""

    user_id: int
    course: str
    chapter: str


Plan = Callable[[Actor, str, str], Awaitable[ReplayPlan]]


class Sessions:
    """`idle` and `grace` are in seconds: without use, and without an open page.

    `most` kernels run at once; each may work at one thing for `run_limit` seconds.
    """

    def __init__(
        self,
        kernels: LearnerKernels,
        plan: Plan,
        *,
        idle: float,
        grace: float,
        per_user: int,
        most: int,
        run_limit: float,
    ) -> None:
        self.kernels, self.most = kernels, most
        self._run_limit = run_limit
        self._plan = plan
        self._idle, self._grace, self._per_user = idle, grace, per_user
        self._sessions: dict[SessionKey, ChapterSession] = {}
        self._owners: dict[str, SessionKey] = {}
        self._unseen: dict[str, float] = {}
        self._sweeper: asyncio.Task[None] | None = None

    async def open(self, actor: Actor, course: str, chapter: str) -> ChapterSession:
        """The learner's session for a chapter."""
        key = SessionKey(actor.id, course, chapter)
        session = self._sessions.get(key)
        if session is None:
            id_ = kernel_id(actor.id, course, chapter)
            session = ChapterSession(
                id_,
                self.kernels,
                lambda: self._plan(actor, course, chapter),
                lambda: self._make_room(key),
                self._run_limit,
            )
            self._sessions[key], self._owners[id_] = session, key
        return session

    def owned(self, actor: Actor, id_: str) -> ChapterSession | None:
        """The session behind a kernel id, if this person owns it."""
        key = self._owners.get(id_)
        return self._sessions[key] if key and key.user_id == actor.id else None

    def start_sweeping(self, every: float = 15.0) -> None:
        """Begin to look for idle kernels; needs a running event loop."""
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep_forever(every))

    async def sweep(self, now: float | None = None) -> None:
        """Put to sleep what nobody has used or looked at for too long, then forget it. `now` is a
        monotonic time.
        """
        now = time.monotonic() if now is None else now
        for key, session in list(self._sessions.items()):
            if session.id not in self.kernels:
                if session.forgettable(now - self._grace):
                    self._forget(key, session)
                continue
            if session.followed or self.kernels.connections(session.id):
                self._unseen.pop(session.id, None)
            elif now - self._unseen.setdefault(session.id, now) >= self._grace:
                await session.stop()
                continue
            if now - self._last_use(session) >= self._idle:
                await session.stop(ASLEEP)

    async def stop_all(self) -> None:
        """Leave no kernel behind."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper
        await asyncio.gather(*(s.stop() for s in self._sessions.values()), return_exceptions=True)

    def count(self) -> int:
        """How many kernels run."""
        return len(self.kernels.list_kernel_ids())

    def owners(self) -> dict[int, int]:
        """How many kernels a person has who has any, by their id."""
        return Counter(key.user_id for key, session in self._sessions.items() if session.has_kernel)

    def _forget(self, key: SessionKey, session: ChapterSession) -> None:
        """What its kernel put out goes too. A page that comes back finds a new session."""
        del self._sessions[key], self._owners[session.id]
        self._unseen.pop(session.id, None)

    def _last_use(self, session: ChapterSession) -> float:
        return time.monotonic() if session.at_work else session.used

    def _make_room(self, key: SessionKey) -> None:
        """Over a cap, the least used kernels are put to sleep: the learner's own, then anybody's that is
        idle. Called at each start of one. Raises NoRoom.

        Nothing is awaited here: two sessions that wait for each other's end would wait for ever.
        """
        others = [
            session
            for other, session in self._sessions.items()
            if other.user_id == key.user_id and other != key and session.has_kernel
        ]
        others.sort(key=lambda session: session.used)
        for session in others[: max(0, len(others) - self._per_user + 1)]:
            session.make_way(DISPLACED)
        running = [s for other, s in self._sessions.items() if other != key and s.has_kernel]
        idle = sorted((s for s in running if not s.at_work), key=lambda session: session.used)
        excess = max(0, len(running) - self.most + 1)
        if excess > len(idle):
            raise NoRoom
        for session in idle[:excess]:
            session.make_way(MADE_ROOM)

    async def _sweep_forever(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                await self.sweep()
            except Exception:
                log.exception("sweeping idle kernels failed")
