"""What the warm process does once, so that no child has to: imports, and what they compute at first use."""

import contextlib
import gc
import importlib
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from courses.sandbox.config import Config

_PATIENCE = 1.0
"""Seconds for a thread that is about to end (matplotlib has one while it looks for fonts)."""

Problems = dict[str, str]


def warm(config: Config) -> Problems:
    """What could not be done, by the name of the module or function; the rest is."""
    problems: Problems = {}
    sys.path[:0] = config.import_from
    for name in config.preload:
        _import(name, problems)
    for name in config.warmup:
        for found in _rehearsed(name, problems):
            _import(found, {})
    sys.path[:] = [path for path in sys.path if path not in config.import_from]
    gc.collect()
    gc.freeze()
    return problems


def resolve(entry: str) -> Callable[..., Any]:
    """The function that "package.module:function" names. Raises ImportError or AttributeError."""
    module, _, name = entry.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def threads() -> int:
    """Of this process; forked, it would be one, and whatever the others held would stay locked."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(_PATIENCE)
    return len(os.listdir("/proc/self/task"))


def _import(name: str, problems: Problems) -> None:
    before = threads()
    try:
        importlib.import_module(name)
    except BaseException as error:  # a module may even exit
        problems[name] = f"{type(error).__name__}: {error}"
    started = threads() - before
    if started > 0:
        problems[name] = f"starts {started} {'thread' if started == 1 else 'threads'} when it is imported"


def _rehearsed(entry: str, problems: Problems) -> list[str]:
    """Call a function in a fork that is thrown away: what it imported, it says."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        _rehearse(entry, theirs)
    os.close(theirs)
    with open(ours, "rb") as answer:
        text = answer.read()
    os.waitpid(child, 0)
    try:
        record = json.loads(text)
    except ValueError:
        record = {"error": "ended without an answer"}
    if "error" in record:
        problems[entry] = record["error"]
    return list(record.get("modules", ()))


def _rehearse(entry: str, answer: int) -> None:
    """Never returns."""
    with contextlib.suppress(BaseException):
        record: dict[str, Any] = {}
        try:
            record["modules"] = list(resolve(entry)())
        except BaseException as error:
            record["error"] = f"{type(error).__name__}: {error}"
        with open(answer, "w") as stream:
            json.dump(record, stream)
    os._exit(0)
