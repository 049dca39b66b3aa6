"""A stop that is never lost: whenever it comes, the cell that is running ends, and its client hears so.

ipykernel ignores an interrupt that comes after it has said that it is busy and before it handles the
request. One that comes while it handles the request, but before or after the cell's own code, it drops with
the request: there is no reply, and a front end waits for one for ever.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGINT, default_int_handler, signal
from types import FrameType
from typing import Any

from ipykernel.ipkernel import IPythonKernel


class Interruptible(IPythonKernel):
    """Interrupts count from when the kernel says that it is busy, and raise while a cell's code may run."""

    _interrupted = False

    def note_interrupts(self) -> None:
        """From now on they have no effect until a cell runs."""
        signal(SIGINT, self._note)

    async def dispatch_shell(self, *arguments: Any, **named: Any) -> None:
        """Handle a request. Interrupts from before it do not count."""
        if _is_main_thread():
            self._interrupted = False
        await super().dispatch_shell(*arguments, **named)

    def pre_handler_hook(self) -> None:
        """Before a request is handled: what runs no cell may be interrupted anywhere."""
        if self.get_parent("shell")["header"]["msg_type"] == "execute_request":
            self.saved_sigint_handler = signal(SIGINT, self._note)
        else:
            super().pre_handler_hook()

    async def do_execute(self, code: str, silent: bool, *arguments: Any, **named: Any) -> dict[str, Any]:
        """Run a cell; what its reply says, wherever an interrupt hits it."""
        try:
            with self._heeding_interrupts():
                reply: dict[str, Any] = await super().do_execute(code, silent, *arguments, **named)
        except KeyboardInterrupt:
            return self._stopped(silent)
        return reply

    @contextmanager
    def _heeding_interrupts(self) -> Iterator[None]:
        """Raises KeyboardInterrupt for one that was noted, and for each that comes meanwhile."""
        if not _is_main_thread():  # the only one that hears of them
            yield
            return
        signal(SIGINT, default_int_handler)
        try:
            if self._interrupted:
                raise KeyboardInterrupt
            yield
        finally:
            self.note_interrupts()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._interrupted = True

    def _stopped(self, silent: bool) -> dict[str, Any]:
        """As where a cell's own code is interrupted, but there is no line of it to point at."""
        shell: Any = self.shell
        error = KeyboardInterrupt()
        traceback = shell.InteractiveTB.get_exception_only(KeyboardInterrupt, error)
        if not silent:
            shell._showtraceback(KeyboardInterrupt, error, traceback)
        return {
            "status": "error",
            "ename": "KeyboardInterrupt",
            "evalue": "",
            "traceback": traceback,
            "execution_count": shell.execution_count - 1,
            "user_expressions": {},
            "payload": [],
        }


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
