"""The order of steps is law: which are unlocked, which is next, when a chapter is finished.

A step is *settled* once it is passed, proved or shown. Everything up to the furthest settled step is
unlocked, and the one after it: a step that an edition puts in before a learner's furthest one is open
to them but holds nobody up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Settlement = Literal["passed", "proved", "shown"]
StepState = Literal["locked", "current", "open", "passed", "proved", "shown"]
"""`current` is the one the learner is at; `open` is unlocked, not settled and not in the way."""


@dataclass(frozen=True, slots=True)
class ChapterProgress:
    """`settled` and `total` count steps; `states` follow the order of the chapter's steps."""

    states: tuple[StepState, ...]
    settled: int
    total: int
    current: int | None
    """The position of the current step, None when the chapter is finished."""

    @property
    def finished(self) -> bool:
        return self.current is None


def chapter_progress(steps: Sequence[str], settled: Mapping[str, Settlement]) -> ChapterProgress:
    """Derive the state of each step (ids, in order) from what the learner has settled."""
    furthest = max((i for i, step in enumerate(steps) if step in settled), default=-1)
    current = furthest + 1 if furthest + 1 < len(steps) else None

    def state(position: int, step: str) -> StepState:
        if step in settled:
            return settled[step]
        if position == current:
            return "current"
        return "open" if position < furthest else "locked"

    states = tuple(state(i, step) for i, step in enumerate(steps))
    done = sum(1 for step in steps if step in settled)
    return ChapterProgress(states, done, len(steps), current)
