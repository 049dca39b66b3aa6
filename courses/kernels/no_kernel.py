"""Why a session has no kernel: what its learner is told, and the log."""

import logging

from nbclient.exceptions import CellTimeoutError, DeadKernelError

from courses.errors import SandboxUnavailable
from courses.kernels.notices import DIED, FULL, STUBBORN, UNAVAILABLE

log = logging.getLogger("stepwise.kernels")


class NoRoom(Exception):
    """No kernel can be had until another one ends."""


def notice_of(error: Exception, kernel: str, cause: str) -> str:
    """Of what kept a kernel, by its id, from being brought up. `cause` is why one has ended by itself."""
    match error:
        case DeadKernelError():
            return cause
        case CellTimeoutError():  # the kernel said that it had ended, or the clock would have stopped it
            log.warning("kernel %s: a replayed cell never ended", kernel)
            return STUBBORN
        case NoRoom():
            return FULL
        case SandboxUnavailable():
            log.error("no kernel: %s", error)
            return UNAVAILABLE
    log.error("kernel %s did not start", kernel, exc_info=error)
    return DIED
