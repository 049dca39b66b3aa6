"""Where clients connect to a sandboxed kernel.

The addresses stay when the kernel is started anew, so that who is connected is connected again.
"""

import asyncio
import os
import stat
import tempfile
from pathlib import Path

from courses.errors import SandboxUnavailable
from courses.kernels.inside import CHANNELS
from courses.kernels.limits import MIB
from courses.kernels.relay import Bounds, shared_relay
from courses.sandbox import claims
from courses.sandbox.lease import Lease
from courses.sandbox.removal import remove
from courses.sandbox.run_folder import check_length

_BOUNDS = {channel: Bounds(24 * MIB if channel == "iopub" else MIB) for channel in CHANNELS}


class Addresses:
    """One for each of a kernel's channels, in a folder of the server's."""

    def __init__(self, run_folder: Path) -> None:
        """Raises SandboxUnavailable where their paths would be too long."""
        self._folder = Path(tempfile.mkdtemp(prefix="k-", dir=run_folder))
        check_length(self._folder)

    @property
    def ip(self) -> str:
        """What jupyter_client calls so where it connects to sockets with paths."""
        return f"{self._folder}/s"

    def make(self) -> None:
        """The folder, if it went with the warm process that it was made for, or with a start that failed."""
        if not self._folder.parent.exists():
            claims.hold(self._folder.parent)
        self._folder.mkdir(mode=0o700, exist_ok=True)

    async def connect(self, lease: Lease) -> None:
        """Have the relay take connections for the kernel's sockets.

        They get a second name first, where the kernel cannot put something else in their place. It may write
        in the folder of its sockets, and a link there to another kernel's would lead to that one instead.
        """
        assert lease.sockets is not None
        lease.take_sockets()
        for channel, place in zip(CHANNELS, self._places(), strict=True):
            theirs, kernel = lease.sockets / place.name, self._folder / f"k{place.name}"
            if not stat.S_ISSOCK(theirs.lstat().st_mode):
                raise SandboxUnavailable(f"{theirs} is no socket.")
            kernel.unlink(missing_ok=True)
            os.link(theirs, kernel, follow_symlinks=False)
            if not place.exists():
                await shared_relay().listen(place, kernel, _BOUNDS[channel])

    async def remove(self) -> None:
        for place in self._places():
            await shared_relay().close(place)
        await asyncio.to_thread(remove, self._folder)

    def _places(self) -> list[Path]:
        return [self._folder / f"s-{number}" for number in range(1, len(CHANNELS) + 1)]
