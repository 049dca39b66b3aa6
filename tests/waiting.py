"""Waiting for what comes to hold."""

import time
from collections.abc import Callable
from threading import Event
from typing import Any


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 30) -> None:
    """Return when `condition` holds; fail when it does not come to hold."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"Not within {seconds} s: {what}"
        Event().wait(0.05)
