"""Taking turns: contestants do the same work in one run, one after the other in each round.

So whatever else the machine does meanwhile hits them alike.
"""

import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from benchmarks.figures import Figure

Contestant = Callable[[int], float]
"""Does the work once, given the round's number (-1 does not count), and says how much it took."""
T = TypeVar("T")
TRIES = 3
_LENGTH = 300


def say(text: str) -> None:
    """Progress, with the time of day."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def contest(work: str, unit: str, contestants: Mapping[str, Contestant], rounds: int) -> list[Figure]:
    """Each contestant's values of all rounds but a first one that does not count.

    One that fails in all its tries of a round is out, with its reason, and the others go on.
    """
    values: dict[str, list[float]] = {who: [] for who in contestants}
    failures: dict[str, str] = {}
    say(f"{work}: {', '.join(contestants)}; {rounds} rounds")
    for round_ in range(-1, rounds):
        for who, contestant in contestants.items():
            if who in failures:
                continue
            try:
                value = with_patience(who, partial(contestant, round_))
            except Exception as error:  # whatever it is, it is this contestant's alone
                failures[who] = reason(error)
                say(f"  {who} is out: {failures[who]}")
            else:
                values[who] += [value] if round_ >= 0 else []
    figures = [
        Figure(work, who, unit, () if who in failures else tuple(values[who]), failures.get(who, ""))
        for who in contestants
    ]
    for figure in figures:
        say_figure(figure)
    return figures


def with_patience(who: str, call: Callable[[], T]) -> T:
    """Its result, if need be of another try: what fails now and then may be the machine's fault."""
    for _ in range(TRIES - 1):
        try:
            return call()
        except Exception as error:  # whatever it is, it is said
            say(f"  {who} failed, and tries again: {reason(error)}")
    return call()


def say_figure(figure: Figure) -> None:
    if figure.values:
        say(f"  {figure.who}: {figure.median:.4g} {figure.unit}")


def reason(error: BaseException) -> str:
    """One line that names what went wrong."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= _LENGTH else f"{text[:_LENGTH]}…"


def milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)
