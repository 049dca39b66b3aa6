"""An author's cells in a real kernel, for the outputs that learners see: only when a course is published."""

import asyncio
import atexit
import re
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

from courses.errors import GraderUnavailable, SandboxUnavailable
from courses.grading.launching import clean_environment
from courses.grading.notebook_kernels import Kernels, MakeManager, first_cell
from courses.grading.room import sandbox_limits
from courses.replies import HearsReplies
from courses.sandbox.own_folders import temporary_prefix
from courses.services.ports import CellRun, Limits

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_STARTUP_SECONDS = 60


class _Client(HearsReplies, NotebookClient):
    """Runs a notebook whose widgets keep nobody waiting."""


def run_cells(
    kernels: Kernels, cells: tuple[str, ...], files: Mapping[str, bytes], limits: Limits, hash_seed: int
) -> tuple[CellRun, ...]:
    """The cells that ran, the last of which may have failed. Raises GraderUnavailable without a kernel."""
    begun: list[Any] = []
    try:
        with (
            tempfile.TemporaryDirectory(prefix=temporary_prefix("run"), ignore_cleanup_errors=True) as root,
            kernels.open(sandbox_limits(limits), hash_seed) as make_manager,
        ):
            _write(Path(root), files)
            first = first_cell(limits, hash_seed, sandboxed=make_manager is not None)
            notebook = new_notebook(cells=[new_code_cell(cell) for cell in (first, *cells)])
            failure = _execute(
                notebook,
                begun,
                root=Path(root),
                limits=limits,
                hash_seed=hash_seed,
                make_manager=make_manager,
            )
    except (SandboxUnavailable, RuntimeError, OSError) as error:
        raise GraderUnavailable(f"No kernel could be started: {error}") from error
    return _cell_runs(begun[1:], failure)


def _write(root: Path, files: Mapping[str, bytes]) -> None:
    """The course's files in `work`, readable for the user that a sandbox has of its own."""
    folder = root / "work"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o644)
    root.chmod(0o711)
    for place in (folder, *(inner for inner in folder.rglob("*") if inner.is_dir())):
        place.chmod(0o755)


def _execute(
    notebook: Any,
    begun: list[Any],
    *,
    root: Path,
    limits: Limits,
    hash_seed: int,
    make_manager: MakeManager | None,
) -> str:
    """Fill the notebook's outputs and the list of cells that began. The error that stopped it, if one did."""
    deadline = time.monotonic() + limits.wall + _STARTUP_SECONDS
    environment = clean_environment(root, hash_seed)
    del environment["MPLBACKEND"]  # the kernel draws inline
    environment["IPYTHONDIR"] = str(root / "ipython")

    async def execute() -> None:
        client = _Client(
            notebook,
            km=make_manager and make_manager(),
            kernel_name="python3",
            resources={"metadata": {"path": str(root / "work")}},
            timeout_func=lambda _cell: max(1, int(min(limits.wall, deadline - time.monotonic()) + 0.999)),
            startup_timeout=_STARTUP_SECONDS,
            shutdown_kernel="immediate",
            extra_arguments=["--HistoryManager.enabled=False", "--log-level=ERROR"],
            on_cell_execute=lambda cell, **_: begun.append(cell),
        )
        try:
            await client.async_execute(env=environment, cleanup_kc=True)
        finally:
            atexit.unregister(client._cleanup_kernel)  # nbclient's own, which would fail without a kernel

    try:
        # Not `client.execute`, which leaves an event loop behind in each thread that calls it.
        asyncio.run(execute())
    except CellExecutionError as error:
        return _COLOURS.sub("", f"{error.ename}: {error.evalue}")
    except CellTimeoutError:
        return f"The cell did not end within {limits.wall:g} seconds."
    except DeadKernelError:
        return "The cell ended Python itself."
    return ""


def _cell_runs(begun: list[Any], error: str) -> tuple[CellRun, ...]:
    """The error is the last one's."""
    runs = []
    for position, cell in enumerate(begun, 1):
        outputs = tuple(_plain(output) for output in cell.outputs)
        printed = "".join(o["text"] for o in outputs if o.get("name") == "stdout")
        runs.append(CellRun(outputs, printed, error if position == len(begun) else ""))
    return tuple(runs)


def _plain(value: Any) -> Any:
    """nbformat's own dictionaries as ordinary ones."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
