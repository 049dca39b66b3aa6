"""Objects that are no longer counted: a fork that uses one does not write to it, so its page stays shared.

Since Python 3.12 an object whose reference count has a certain value is immortal: nobody counts it up or
down any more, and it is never freed (PEP 683, which names memory that forks share as a purpose). Python
makes its own constants so. The warm process does it with all that it has imported, which lives as long as
the process anyway. Python 3.15 has a C function for it; before, the count has to be written where it lies.
"""

import ctypes
import gc
import sys
import sysconfig
from types import CodeType
from typing import Any

_WORD = 4
"""Bytes of the part of a reference count that tells whether an object is immortal."""

_CHUNK = 10_000
"""Objects looked at in one go, so that the lists of them stay small."""


def possible() -> bool:
    """Whether this Python has immortal objects, and has their counts where we look: tried with one."""
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return False
    if sys.byteorder != "little" or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    counts, one = _counts(), object()
    place = id(one) // _WORD
    before = counts[place]
    several = [one] * 3
    if counts[place] != before + len(several):
        return False
    counts[place] = immortal = counts[id(None) // _WORD]
    several += [one] * 3
    return bool(counts[place] == immortal)


def make_immortal() -> None:
    """Make all objects immortal that the garbage collector knows, and all that these refer to.

    Where that is not possible, nothing is done. No other thread may run.
    """
    if not possible():
        return
    counts = _counts()
    immortal = counts[id(None) // _WORD]
    waiting = _cut(_not_yet(gc.get_objects(), counts, immortal))
    while waiting:
        chunk = waiting.pop()
        waiting += _cut(_not_yet(_referred_to(chunk), counts, immortal))
    _give_back()


def _give_back() -> None:
    """Return to the system what the lists have left, or every fork would copy it when it fills the gaps."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's
    if trim is not None:
        trim(0)


def _counts() -> Any:
    """The memory of the process as words; an object begins with its count, and its id is where."""
    return (ctypes.c_uint32 * (sys.maxsize // _WORD)).from_address(0)


def _not_yet(objects: list[Any], counts: Any, immortal: int) -> list[Any]:
    """Of objects, those that were not immortal; now they are."""
    fresh = []
    for one in objects:
        place = id(one) // _WORD
        if counts[place] != immortal:
            counts[place] = immortal
            fresh.append(one)
    return fresh


def _referred_to(objects: list[Any]) -> list[Any]:
    found = gc.get_referents(*objects)
    for one in objects:
        if type(one) is CodeType:  # which the collector does not look into
            found += (one.co_consts, one.co_names, one.co_filename, one.co_name, one.co_qualname)
    return found


def _cut(objects: list[Any]) -> list[list[Any]]:
    return [objects[at : at + _CHUNK] for at in range(0, len(objects), _CHUNK)]
