"""Waiting for what comes to hold."""

import asyncio
import time
from collections.abc import Callable
from threading import Event
from typing import Any

Condition = Callable[[], Any]


def wait_for(condition: Condition, what: str, seconds: float = 30, pause: float = 0.05) -> None:
    """Return when `condition` holds; fail when it does not come to hold. It is tried after each pause."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"Not within {seconds} s: {what}"
        Event().wait(pause)


async def comes_to_hold(condition: Condition) -> None:
    """As `wait_for`, while an event loop goes on; the one who runs the test sets the limit."""
    while not condition():
        await asyncio.sleep(0.01)
