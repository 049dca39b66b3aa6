"""Authors' notebooks in sandboxes: their outputs are as in plain processes, and they reach nothing else."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from courses.errors import GraderUnavailable, SandboxUnavailable
from courses.grading.runner import ProcessGrader
from courses.kernels.recording import RecordingKernels
from courses.sandbox.ground import Ground
from courses.sandbox.limits import Limits as SandboxLimits
from courses.services.ports import CellRun, Limits

pytestmark = pytest.mark.xdist_group("recording")

LIMITS = Limits(wall=60, cpu=60, memory_mb=2048)
FILES = {"data/n.txt": b"5", "tide.py": b"height = 3"}
NOTEBOOK = (
    "import random, time\nrandom.seed(1)\nprint('hi', random.random(), time.tzname)",
    "import sys\nprint('oops', file=sys.stderr)",
    "import pandas as pd, tide\npd.DataFrame({'n': [int(open('data/n.txt').read()), tide.height]})",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('Two')\nplt.show()",
    "import ipywidgets as w\nslider = w.IntSlider(value=3, description='n')\nslider",
    "out = w.Output()\nwith out:\n    print('inside')\ndisplay(out)\nprint('after')",
    "from IPython.display import HTML, display\nh = display(HTML('<b>1</b>'), display_id='x')\n"
    "h.update(HTML('<b>2</b>'))",
    "!echo from the shell",
    "input('name?')",
)


@pytest.fixture(scope="module")
def sandboxed() -> Iterator[ProcessGrader]:
    grader = ProcessGrader(kernels=RecordingKernels())
    yield grader
    grader.stop()


@pytest.fixture(scope="module")
def plain() -> ProcessGrader:
    return ProcessGrader()


def comparable(run: CellRun) -> Any:
    """Without the ids of widgets, which are others each time, and the returns of a terminal."""
    outputs = []
    for output in run.outputs:
        data = {kind: value for kind, value in output.get("data", {}).items() if "widget-view" not in kind}
        kinds = sorted(output.get("data", {}))
        text = output.get("text", "").replace("\r\n", "\n")
        outputs.append((output["output_type"], text, output.get("ename"), kinds, data))
    return outputs, run.error


def test_outputs_are_as_in_a_plain_process(sandboxed: ProcessGrader, plain: ProcessGrader) -> None:
    """Streams, tables, figures to the last pixel, widgets and what they capture, updates, refused input."""
    one, other = (grader.run_cells(NOTEBOOK, FILES, LIMITS) for grader in (sandboxed, plain))
    assert [comparable(run) for run in one] == [comparable(run) for run in other]
    assert len(one) == len(NOTEBOOK) and "StdinNotImplementedError" in one[-1].error
    assert any("image/png" in output["data"] for output in one[3].outputs)


def holds(grader: ProcessGrader, expression: str) -> bool:
    """Whether it is true in an author's cell; an OSError is no."""
    cell = f"try:\n    print({expression})\nexcept OSError:\n    print(False)"
    (run,) = grader.run_cells((cell,), {}, LIMITS)
    assert run.printed in ("True\n", "False\n"), run
    return run.printed == "True\n"


def test_an_author_reaches_nothing_of_the_server(
    sandboxed: ProcessGrader, plain: ProcessGrader, tmp_path: Path
) -> None:
    """No file, no process and no address of its machine; a plain process does."""
    file = tmp_path / "everybody.txt"
    file.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for reach in (
            f"open({str(file)!r}).read() == 'secret'",
            f"__import__('os').path.exists('/proc/{os.getpid()}')",
            f"__import__('socket').create_connection({listener.getsockname()!r}, 2) is not None",
        ):
            assert holds(plain, reach)
            assert not holds(sandboxed, reach)


def test_a_notebook_has_its_limits(sandboxed: ProcessGrader) -> None:
    """More memory than a learner's kernel has, where the notebook may use more; and no more than that."""
    cell = "x = bytearray({} << 20)\nx[::4096] = b'x' * len(x[::4096])\nprint(len(x) >> 20)"
    (run,) = sandboxed.run_cells((cell.format(900),), {}, LIMITS)
    assert run.printed == "900\n"
    (run,) = sandboxed.run_cells((cell.format(900),), {}, Limits(wall=60, memory_mb=300))
    assert run.error


def test_stopping_ends_what_runs() -> None:
    """The notebook's processes too, at once; nothing is begun afterwards."""
    before = set(psutil.Process().children(recursive=True))
    grader = ProcessGrader(kernels=RecordingKernels())
    ended: list[object] = []

    def run() -> None:
        try:
            ended.append(grader.run_cells(("import time\ntime.sleep(300)",), {}, LIMITS))
        except GraderUnavailable as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    await_true(lambda: _kernels(before))
    grader.stop()
    thread.join(60)
    assert not thread.is_alive() and len(ended) == 1
    assert set(psutil.Process().children(recursive=True)) <= before
    with pytest.raises(GraderUnavailable, match="stopping"):
        grader.run_cells(("1",), {}, LIMITS)


def _kernels(before: set[psutil.Process]) -> bool:
    """Whether something runs that is neither a keeper nor a warm process."""
    return len(set(psutil.Process().children(recursive=True)) - before) > 2


def test_without_a_sandbox_it_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The machine's lack is logged, with the reason, and the author's cells run in a plain process."""
    file = tmp_path / "no folder"
    file.touch()
    kernels = RecordingKernels(Ground(run_folder=file))
    with caplog.at_level(logging.WARNING):
        (run,) = ProcessGrader(kernels=kernels).run_cells(("print(1)",), {}, LIMITS)
    assert run.printed == "1\n"
    assert "without a sandbox" in caplog.text and "run_folder" in caplog.text
    kernels.stop()


def test_a_sandbox_that_fails_later_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one could be had before, nothing runs in a plain process instead."""
    monkeypatch.setattr("courses.kernels.recording._KEPT_SECONDS", 0)
    kernels = RecordingKernels(Ground(run_folder=tmp_path / "run"))
    with kernels.open(SandboxLimits(), 0) as make_manager:
        assert make_manager is not None
    await_true(lambda: not any((tmp_path / "run").iterdir()))
    (tmp_path / "run").rmdir()
    (tmp_path / "run").touch()
    with pytest.raises(SandboxUnavailable), kernels.open(SandboxLimits(), 0):
        pass
    with pytest.raises(GraderUnavailable, match="No kernel could be started"):
        ProcessGrader(kernels=kernels).run_cells(("1",), {}, LIMITS)
    kernels.stop()


def test_notebooks_of_a_hash_seed_share_a_warm_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other and at once; it ends when none has used it for a while."""
    monkeypatch.setattr("courses.kernels.recording._KEPT_SECONDS", 0.5)
    kernels, folder = RecordingKernels(Ground(run_folder=tmp_path / "run")), tmp_path / "run"
    with kernels.open(SandboxLimits(), 0), kernels.open(SandboxLimits(), 0):
        first = set(folder.iterdir())
    with kernels.open(SandboxLimits(), 0):
        assert set(folder.iterdir()) == first and len(first) == 1
        with kernels.open(SandboxLimits(), 1):
            assert len(set(folder.iterdir())) == 2
    await_true(lambda: not any(folder.iterdir()))
    kernels.stop()


def await_true(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
