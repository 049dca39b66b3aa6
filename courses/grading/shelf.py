"""Where spares lie until their learners come: a bounded number, for a bounded time."""

from collections import OrderedDict
from dataclasses import dataclass

from courses.grading.stage import Stage
from courses.services.ports import GradingJob


@dataclass(eq=False)
class Spare:
    """A stage for one check of one learner's. `key` is the digest of all else that it depends on.

    `stage` is None until its process is started; `claimed` says that the learner waits for it; `since`
    is when it was laid down, in seconds of `time.monotonic`.
    """

    job: GradingJob
    key: str
    stage: Stage | None = None
    claimed: bool = False
    since: float = 0.0

    @property
    def learner(self) -> str:
        return self.job.on_behalf

    def fits(self, learner: str, key: str) -> bool:
        return self.learner == learner and self.key == key

    def close(self) -> None:
        if self.stage is not None:
            self.stage.close()


class Shelf:
    """At most `most` spares, one for each learner, each for at most `idle` seconds. Has no lock."""

    def __init__(self, most: int, idle: float) -> None:
        self._most, self._idle = most, idle
        self._spares: OrderedDict[str, Spare] = OrderedDict()
        """By learner, the longest there first."""

    def put(self, spare: Spare, now: float) -> None:
        spare.since = now
        self._spares[spare.learner] = spare

    def holds(self, learner: str, key: str = "") -> bool:
        """Whether there is one for the learner; with `key`, that very one."""
        found = self._spares.get(learner)
        return found is not None and key in ("", found.key)

    def take(self, learner: str, key: str) -> Spare | None:
        return self._spares.pop(learner) if self.holds(learner, key) else None

    def take_outdated(self, now: float, coming: Spare | None = None) -> list[Spare]:
        """Those that nobody asked for in time, and those in the place of the one that is `coming`."""
        kept = [spare for spare in self._spares.values() if now - spare.since <= self._idle]
        if coming is not None:
            kept = [spare for spare in kept if spare.learner != coming.learner]
            kept = kept[max(0, len(kept) + 1 - self._most) :]
        gone = [spare for spare in self._spares.values() if spare not in kept]
        for spare in gone:
            del self._spares[spare.learner]
        return gone

    def clear(self) -> list[Spare]:
        gone = list(self._spares.values())
        self._spares.clear()
        return gone

    def seconds_left(self, now: float) -> float | None:
        """Until the first is outdated; None while it is empty."""
        return min((spare.since + self._idle - now for spare in self._spares.values()), default=None)
