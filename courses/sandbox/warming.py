"""What the warm process does once, so that no child has to: imports, and what they compute at first use."""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from courses.sandbox import immortal
from courses.sandbox.config import Config

_PATIENCE = 1.0
"""Seconds for a thread that is about to end (matplotlib has one while it looks for fonts)."""

_LONGEST = 30.0
"""Seconds for what a throw-away fork is asked; it must not keep everything else waiting for ever."""

Problems = dict[str, str]
Record = dict[str, Any]


def warm(config: Config) -> Problems:
    """What could not be done, by the name of the module or function; the rest is."""
    problems: Problems = {}
    sys.path[:0] = config.import_from
    for name in config.preload:
        _import(name, problems)
    for name in config.tried:
        if name in sys.modules:
            continue
        if problem := _trial(name):
            problems[name] = problem
        else:
            _import(name, problems)
    for name in config.prepare:
        _prepare(name, problems)
    for name in config.warmup:
        for found in _rehearsed(name, problems):
            _import(found, {})
    sys.path[:] = [path for path in sys.path if path not in config.import_from]
    gc.collect()
    immortal.make_immortal()
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


def _prepare(entry: str, problems: Problems) -> None:
    try:
        resolve(entry)()
    except BaseException as error:
        problems[entry] = f"{type(error).__name__}: {error}"


def _trial(name: str) -> str:
    """Import a module in a fork that is thrown away. Empty if it can be had here, else why not."""

    def work() -> Record:
        problems: Problems = {}
        _import(name, problems)
        return {"problem": problems.get(name, "")}

    record = _asked_of_a_fork(work)
    return str(record.get("error") or record.get("problem", ""))


def _rehearsed(entry: str, problems: Problems) -> list[str]:
    """Call a function in a fork that is thrown away: what it imported, it says."""
    record = _asked_of_a_fork(lambda: {"modules": list(resolve(entry)())})
    if "error" in record:
        problems[entry] = record["error"]
    return list(record.get("modules", ()))


def _asked_of_a_fork(work: Callable[[], Record]) -> Record:
    """What `work` returns, or an "error"."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        _answer(work, theirs)
    os.close(theirs)
    try:
        return _heard(ours)
    finally:
        for kill in (os.killpg, os.kill):  # its group, if it got as far as to have one
            with contextlib.suppress(OSError):
                kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _heard(descriptor: int) -> Record:
    with open(descriptor, "rb") as answer:
        if not select.select([answer], [], [], _LONGEST)[0]:
            return {"error": f"takes longer than {_LONGEST:g} seconds"}
        line = answer.readline()
    try:
        record: Record = json.loads(line)
    except ValueError:
        return {"error": "ended without an answer"}
    return record


def _answer(work: Callable[[], Record], descriptor: int) -> NoReturn:
    with contextlib.suppress(BaseException):
        try:
            record = work()
        except BaseException as error:
            record = {"error": f"{type(error).__name__}: {error}"}
        with open(descriptor, "w") as stream:
            stream.write(json.dumps(record) + "\n")
    os._exit(0)
