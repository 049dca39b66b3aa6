"""An ipykernel in a fork of the warm process, behind Unix sockets instead of ports."""

import os
import socket
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from courses.kernels.inside import CHANNELS, FILES
from courses.kernels.inside.application import ForkedApp
from courses.sandbox import wire
from courses.sandbox.place import Place

_PATIENCE = 10.0
"""Seconds for its sockets to listen."""
_TYPICAL = """
import ipywidgets, matplotlib.pyplot as plt, pandas as pd
figure, axes = plt.subplots()
axes.plot([1, 2, 3])
plt.show()
display(pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}))
ipywidgets.VBox([ipywidgets.IntSlider(), ipywidgets.Output()])
get_ipython().complete("plt.pl")
1 / 0
"""


def kernel(payload: socket.socket, place: Place) -> int:
    """Be the kernel that the payload describes, until it is told to shut down."""
    info, _ = wire.receive(payload)
    _link(place)
    app = _prepared()
    app.connect({**info, "ip": f"{place.sockets}/s"}, place.tmp)
    _await_sockets(place.sockets)
    place.bind_no_more()
    _forget_the_platform()
    wire.send(payload, {"ready": True})
    payload.close()
    app.start()
    return 0


def prepare() -> None:
    """Make what all kernels have alike. Called in the warm process."""
    _prepared()


def _prepared() -> ForkedApp:
    """The application that every fork finds."""
    if not ForkedApp.initialized():
        ForkedApp.instance().prepare()
    return ForkedApp.instance()


def _forget_the_platform() -> None:
    """A learner's program finds what it would find in any kernel."""
    for name in [name for name in sys.modules if name.split(".")[0] == "courses"]:
        del sys.modules[name]


def rehearse() -> Iterable[str]:
    """The modules that a kernel imports when it starts and runs a typical cell. Called in a fork."""
    before = set(sys.modules)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    folder = os.environ["HOME"]
    ports = {f"{channel}_port": n for n, channel in enumerate(CHANNELS, 1)}
    info = {"transport": "ipc", "key": "k", "signature_scheme": "hmac-sha256", **ports}
    app = _prepared()
    app.connect({**info, "ip": f"{folder}/rehearsal-{os.getpid()}"}, folder)
    app.kernel.shell.run_cell(_TYPICAL)
    return [name for name in sys.modules if name not in before and not name.startswith("_")]


def _link(place: Place) -> None:
    """The course's files are links to read-only ones, so that the learner's own may lie beside them."""
    shown = Path(place.work, FILES)
    for file in shown.iterdir() if shown.is_dir() else ():
        Path(place.work, file.name).symlink_to(Path(FILES, file.name))


def _await_sockets(folder: str) -> None:
    """The heartbeat binds its socket in a thread of its own, whenever that comes to run."""
    end = time.monotonic() + _PATIENCE
    for number in range(1, len(CHANNELS) + 1):
        while not _listens(f"{folder}/s-{number}"):
            if time.monotonic() > end:
                raise TimeoutError("its sockets were not bound in time")
            time.sleep(0.001)


def _listens(path: str) -> bool:
    """A socket's file is there before it listens, and to listen will be refused as well."""
    with socket.socket(socket.AF_UNIX) as one:
        return one.connect_ex(path) == 0
