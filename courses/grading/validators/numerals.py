"""What a person may mean by a number they typed."""

import math
import re

_DIGITS = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_INFINITY = re.compile(r"([+-]?)(inf|infinity|∞)", re.IGNORECASE)
_MINUS = str.maketrans({"−": "-", "–": "-", "’": "", "'": "", "_": "", "\u00a0": "", "\u202f": "", " ": ""})
_LONGEST = 100


def readings(typed: str) -> tuple[float, ...]:
    """Every value that `typed` can stand for; none when it is not a number.

    `1,5` is one and a half, `1,500` may also be fifteen hundred, `1/2` is a half, and `50%` is both
    50 and 0.5: the question decides which one was asked for.
    """
    text = "".join(typed.translate(_MINUS).split())
    if len(text) > _LONGEST:
        return ()
    if text.endswith("%"):
        return tuple(v for value in _plain(text[:-1]) for v in (value, value / 100))
    if text.count("/") == 1:
        above, below = (_plain(side) for side in text.split("/"))
        return tuple(a / b for a in above for b in below if b)
    return _plain(text)


def _plain(text: str) -> tuple[float, ...]:
    if infinity := _INFINITY.fullmatch(text):
        return (-math.inf if infinity[1] == "-" else math.inf,)
    candidates = [text]
    if text.count(",") == 1 and "." not in text:
        candidates.append(text.replace(",", "."))
    if _GROUPS.fullmatch(text):
        candidates.append(text.replace(",", ""))
    return tuple(float(c) for c in candidates if _DIGITS.fullmatch(c))
