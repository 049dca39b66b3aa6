"""A submission that starts processes without end is noticed from outside, whatever it does inside."""

import threading

from courses.grading.launching import Child

_EVERY_SECONDS = 0.05


class ProcessWatch:
    """Ends a child that has more than `most` processes, and says so in `found`."""

    def __init__(self, child: Child, most: int) -> None:
        self.found = ""
        self._child, self._most = child, most
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        self._done.clear()
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _count(self) -> None:
        while not self._done.wait(_EVERY_SECONDS):
            if self._child.processes(self._most) > self._most:
                self.found = f"The submission started more than {self._most} processes."
                self._child.kill()
                return
