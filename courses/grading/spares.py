"""Stages on which the chapter's code has run before the learner asks for the next check.

A slow author's cell would else be waited for at every check. A spare is found by the learner and by all
that its stage depends on; it is taken once, and never given to anybody else.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from courses.errors import SandboxUnavailable
from courses.grading.digests import digest_of_stage
from courses.grading.shelf import Shelf, Spare
from courses.grading.stage import Stage
from courses.grading.submissions import PrefixFailed
from courses.services.ports import GradingJob

log = logging.getLogger("stepwise")
_LOOK_SECONDS = 0.5
"""How often it is looked whether the line of those who wait has ended."""


class Spares:
    """At most `most` in all, one for each learner, each for at most `idle` seconds.

    They are prepared one at a time, by a thread of their own, and one is begun only while `is_calm`.
    """

    def __init__(
        self,
        open_stage: Callable[[GradingJob], Stage],
        is_calm: Callable[[], bool],
        most: int = 8,
        idle: float = 600.0,
    ) -> None:
        self._open_stage, self._is_calm, self._most = open_stage, is_calm, most
        self._changed = threading.Condition()
        self._wanted: OrderedDict[str, Spare] = OrderedDict()
        """By learner, the longest wanted first."""
        self._making: Spare | None = None
        self._shelf = Shelf(most, idle)
        self._stopped = False
        self._worker: threading.Thread | None = None

    def want(self, job: GradingJob) -> None:
        """Returns at once. A spare for `job`, whatever its submission, is there some time later."""
        if not job.on_behalf or not self._most:
            return
        bare = replace(job, source="", tests="", hidden_tests="", mistakes=())
        spare = Spare(bare, digest_of_stage(bare))
        with self._changed:
            if self._stopped or self._is_coming(spare):
                return
            self._wanted[spare.learner] = spare
            self._wanted.move_to_end(spare.learner)
            if len(self._wanted) > self._most:
                self._wanted.popitem(last=False)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="spares", daemon=True)
                self._worker.start()
            self._changed.notify_all()

    def has(self, job: GradingJob) -> bool:
        """Whether there is one that `take` would find at once."""
        with self._changed:
            return self._shelf.holds(job.on_behalf, digest_of_stage(job))

    def take(self, job: GradingJob) -> Stage | None:
        """The one for this job, awake; it is the caller's now. None when there is none that works."""
        spare = self._claim(job)
        if spare is None or spare.stage is None:
            return None
        if spare.stage.submissions.wake():
            return spare.stage
        spare.close()
        return None

    def stop(self) -> None:
        """For good: none is kept, and the one that is being prepared is ended. See `join`."""
        with self._changed:
            self._stopped = True
            self._wanted.clear()
            if self._making is not None and self._making.stage is not None:
                self._making.stage.child.kill()
            gone = self._shelf.clear()
            self._changed.notify_all()
        for spare in gone:
            spare.close()

    def join(self) -> None:
        """After `stop`, once no process can be started any more: until nothing of them is left."""
        if self._worker is not None:
            self._worker.join()

    def _is_coming(self, spare: Spare) -> bool:
        making = self._making is not None and self._making.fits(spare.learner, spare.key)
        return making or self._shelf.holds(spare.learner, spare.key)

    def _claim(self, job: GradingJob) -> Spare | None:
        """One that is being prepared is waited for: it will be there before a fresh one is."""
        learner = job.on_behalf
        with self._changed:
            self._wanted.pop(learner, None)
            making = self._making
            if not self._shelf.holds(learner) and (making is None or making.learner != learner):
                return None
            key = digest_of_stage(job)
            if making is not None and making.fits(learner, key):
                making.claimed = True
                if making.stage is not None:
                    making.stage.hurry()
                self._changed.wait_for(lambda: self._making is not making)
            return self._shelf.take(learner, key)

    def _work(self) -> None:
        while (spare := self._next()) is not None:
            made = self._made(spare)
            with self._changed:
                self._making = None
                kept = made and not self._stopped
                if kept:
                    self._shelf.put(spare, time.monotonic())
                self._changed.notify_all()
            if not kept:
                spare.close()

    def _next(self) -> Spare | None:
        """The one to be prepared, once there is one and a place for it; None when it is over."""
        while True:
            with self._changed:
                if self._stopped:
                    return None
                if self._wanted and self._is_calm():
                    _, self._making = self._wanted.popitem(last=False)
                spare = self._making
                gone = self._shelf.take_outdated(time.monotonic(), spare)
                if spare is None and not gone:
                    self._changed.wait(self._pause())
            for old in gone:
                old.close()
            if spare is not None:
                return spare

    def _made(self, spare: Spare) -> bool:
        """Whether it may be kept. Whatever goes wrong here costs no more than a fresh start at the check."""
        try:
            return self._make(spare)
        except (OSError, SandboxUnavailable, PrefixFailed):
            return False
        except Exception:
            log.exception("preparing the next check failed")
            return False

    def _make(self, spare: Spare) -> bool:
        stage = self._open_stage(spare.job)
        with self._changed:
            spare.stage = stage
            if self._stopped:
                return False
            if not spare.claimed:
                stage.give_way()
        stage.prepare()
        stage.hurry()
        return spare.claimed or stage.submissions.rest()

    def _pause(self) -> float | None:
        """Seconds until something may have to be done; None when only news can change that."""
        left = self._shelf.seconds_left(time.monotonic())
        pauses = [
            seconds for seconds in (left, _LOOK_SECONDS if self._wanted else None) if seconds is not None
        ]
        return max(0.0, min(pauses)) if pauses else None
