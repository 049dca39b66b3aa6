"""Stopping in the middle of running code: nothing more starts, and what runs is killed."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil

from courses.errors import ServerStopping
from courses.services.ports import CellRun, CodeGrader, GradingJob, GradingReport, Limits

HALT_SECONDS = 10.0


class HaltingGrader:
    """Implements `services.ports.CodeGrader` with another grader, until it is told to stop.

    `stop` ends what that one keeps running between gradings; `warm_up` has it begin, and returns at once.
    """

    def __init__(
        self,
        grader: CodeGrader,
        stop: Callable[[], None] = lambda: None,
        warm_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._grader, self._stop, self.warm_up = grader, stop, warm_up
        self._changed = threading.Condition()
        self._running = 0
        self.halted = False
        self.runs = 0
        """How many runs have ended."""

    def grade(self, job: GradingJob) -> GradingReport:
        with self._run():
            return self._grader.grade(job)

    def run_cells(
        self, cells: tuple[str, ...], files: Mapping[str, bytes], limits: Limits, hash_seed: int = 0
    ) -> tuple[CellRun, ...]:
        with self._run():
            return self._grader.run_cells(cells, files, limits, hash_seed)

    def evaluate(
        self,
        expressions: tuple[str, ...],
        context: tuple[str, ...],
        files: Mapping[str, bytes],
        limits: Limits,
    ) -> tuple[float | str, ...]:
        with self._run():
            return self._grader.evaluate(expressions, context, files, limits)

    def waiting(self, on_behalf: str, key: str) -> int | None:
        return self._grader.waiting(on_behalf, key)

    def counts(self) -> tuple[int, int]:
        return self._grader.counts()

    def halt(self) -> None:
        """Return when nothing runs any more. Kills this process's children, so it is for its very end."""
        deadline = time.monotonic() + HALT_SECONDS
        self.close()
        with self._changed:
            while self._running and time.monotonic() < deadline:
                _kill_children()  # again and again: a run may be about to start one
                self._changed.wait(0.1)

    def close(self) -> None:
        """Nothing more is graded; this process's other children are left alone."""
        with self._changed:
            self.halted = True
        self._stop()

    @contextmanager
    def _run(self) -> Iterator[None]:
        with self._changed:
            if self.halted:
                raise ServerStopping
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self.runs += 1
                self._changed.notify_all()
            if self.halted:
                # What was killed must not count as the code's own failure.
                raise ServerStopping


def _kill_children() -> None:
    with suppress(psutil.Error):
        for child in psutil.Process().children():
            with suppress(psutil.Error):
                child.kill()
