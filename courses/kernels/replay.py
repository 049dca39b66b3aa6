"""A chapter's code in one kernel: what has run there, and what that put out."""

import hashlib
import logging
from typing import Any

import nbformat
from jupyter_client.manager import KernelManager
from nbclient.exceptions import CellExecutionError

from courses.kernels.limits import KEPT, REPLAYED
from courses.kernels.replay_executor import ReplayExecutor
from courses.services.replay_plan import ReplayCell

log = logging.getLogger("stepwise.kernels")


class Replay:
    """Of a kernel that has been started."""

    def __init__(self, kernel: KernelManager, patience: int) -> None:
        """`patience` is the seconds that a cell's reply may take."""
        notebook = nbformat.v4.new_notebook()
        self._executor = ReplayExecutor(notebook, km=kernel, show_tracebacks=True, timeout=patience)
        self._executor.allow_errors = True
        self.outputs: dict[str, list[dict[str, Any]]] = {}
        """What the visible cells put out, by their ids."""
        self._taken: dict[str, int] = {}
        """How much of it there is."""
        self._ran: set[str] = set()

    async def connect(self) -> None:
        await self._executor.connect()

    def close(self) -> None:
        self._executor.close()

    def asked(self, request: str) -> bool:
        """Whether it was us who had the kernel run something."""
        return self._executor.asked(request)

    async def run(self, cell: ReplayCell) -> bool:
        """Run a cell that has not run yet, and say whether there is something new to see.

        Raises CellTimeoutError when it does not end, DeadKernelError when the kernel does.
        """
        mark = f"{cell.id}:{hashlib.sha256(cell.source.encode()).hexdigest()}"
        if mark in self._ran:
            return False
        node = nbformat.v4.new_code_cell(cell.source)
        self._executor.nb.cells = [node]
        self._executor.room = min(REPLAYED, self._room_beside(cell.id))
        try:
            await self._executor.execute_cell(node, None, 0, store_history=False)
        except CellExecutionError:
            log.info("replayed cell %s raised", cell.id)
        self._ran.add(mark)
        if cell.visible:
            self.outputs[cell.id] = [dict(output) for output in node.outputs]
            self._taken[cell.id] = self._executor.taken
        return cell.visible

    def _room_beside(self, id_: str) -> int:
        """For a cell's output; what the same one put out before goes."""
        return max(0, KEPT - sum(taken for other, taken in self._taken.items() if other != id_))
