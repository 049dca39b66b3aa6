"""What a program prints, on its way out of its kernel.

The server takes no message of any size and no more a second than it reads with ease. Of what comes faster a
page shows the beginning, and that there was more.
"""

from collections.abc import Iterator
from typing import Any

from ipykernel.iostream import OutStream

MOST = 2**20
"""Characters between two looks of the thread that sends them, five times a second: more than a page shows."""


class BoundedStream(OutStream):
    """Leaves out the rest."""

    _kept = 0

    def write(self, string: str) -> int:
        left = MOST - self._kept
        if not isinstance(string, str) or len(string) <= left:
            self._kept += len(string)
            return int(super().write(string) or 0)
        if left > 0:
            self._kept = MOST
            super().write(string[:left])
        return len(string)

    def _flush_buffers(self) -> Iterator[tuple[dict[str, Any], str]]:
        self._kept = 0
        yield from super()._flush_buffers()
