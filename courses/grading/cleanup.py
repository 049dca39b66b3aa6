"""What has to be done after a grading, while nobody waits for it any more."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger("stepwise")


class Cleanup:
    """Does it in the background; `finish` waits for all of it."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="grading-cleanup")

    def later(self, work: Callable[[], None]) -> None:
        """Or at once, when there is no later."""

        def logged() -> None:
            try:
                work()
            except Exception:
                log.exception("cleaning up after a grading failed")

        try:
            self._pool.submit(logged)
        except RuntimeError:
            logged()

    def finish(self) -> None:
        self._pool.shutdown()
