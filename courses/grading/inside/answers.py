"""What a run of the submission says, read as what nobody can trust.

The learner's code shares the process that says it, so it may be anything, of any type and length.
"""

from typing import Any

from courses.grading.inside.frames import Channel

_STOPS = frozenset({"timeout", "memory", "processes"})
"""What the server says of the process that runs submissions, which could say so itself."""
_LONGEST_TRACEBACK = 20_000
_CPU_TIME_SPENT = -24


class Ended(BaseException):
    """The submission's process is gone or was stopped: no test may go on, or catch it.

    `for_good`: the server has ended every run, and none can be started any more.
    """

    def __init__(self, outcome: str, *, for_good: bool = False) -> None:
        self.outcome, self.for_good = outcome, for_good
        super().__init__(outcome)


def receive(channel: Channel) -> dict[str, Any]:
    """The next answer. Raises Ended when it says that there are no more, or makes no sense."""
    try:
        _, answer = channel.receive()
    except (ValueError, RecursionError):
        raise Ended("crash") from None
    if not isinstance(answer, dict):
        raise Ended("crash")
    if "ended" in answer:
        raise Ended("timeout" if answer["ended"] == _CPU_TIME_SPENT else "crash")
    if "limit" in answer:
        raise Ended("output")
    if "stopped" in answer:
        stopped = answer["stopped"]
        raise Ended(stopped if isinstance(stopped, str) and stopped in _STOPS else "crash", for_good=True)
    return answer


def traceback_of(answer: dict[str, Any]) -> str:
    return text(answer.get("traceback"), _LONGEST_TRACEBACK)


def text(value: object, most: int) -> str:
    """A plain text of at most `most` characters; empty for what is none."""
    return value[:most] if type(value) is str else ""
