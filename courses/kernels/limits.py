"""How much of what a kernel puts out the server keeps in its own memory.

A kernel runs whatever its learner wrote. It may print without end while the chapter's code is replayed,
while no page is open, or while a page reads slowly; none of that may pile up on the trusted side.
"""

from courses.kernels.notices import SHORTENED

MIB = 2**20
REPLAYED = 4 * MIB
"""What is kept of a replayed cell's output."""
KEPT = 8 * MIB
"""What is kept of a replayed chapter's. A page is told of all of it at once."""
BACKLOG = 8 * MIB
"""What is kept for a page that is away, the newest."""
UNSENT = 64 * MIB
"""What may wait for a page that reads slowly."""
LEFT_OUT = {"output_type": "notice", "text": SHORTENED}
"""Stands after outputs that were cut short. It is no output of nbformat's: the page knows it."""


class Backlog(list[tuple[str, list[bytes]]]):
    """Messages as (channel, parts); the oldest go when it is full."""

    def __init__(self, most: int = BACKLOG) -> None:
        super().__init__()
        self._room = most

    def append(self, message: tuple[str, list[bytes]]) -> None:
        super().append(message)
        self._room -= _weight(message)
        while self._room < 0:
            self._room += _weight(self.pop(0))


def _weight(message: tuple[str, list[bytes]]) -> int:
    return sum(map(len, message[1])) + 200  # and what the objects themselves take
