"""An ipykernel in a fork of the warm process, behind Unix sockets instead of ports."""

import json
import os
import socket
import sys
import time
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ipykernel.kernelapp import IPKernelApp

from courses.kernels.inside import CHANNELS, FILES
from courses.kernels.inside.lean import (
    BACKEND,
    kernel_config,
    make_lean,
    pipe_without_network,
    system_without_terminal,
    use_inline_figures,
)
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
    app = _application({**info, "ip": f"{place.sockets}/s"}, place.tmp)
    _await_sockets(place.sockets)
    place.bind_no_more()
    _forget_the_platform()
    wire.send(payload, {"ready": True})
    payload.close()
    app.start()
    return 0


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
    app = _application({**info, "ip": f"{folder}/rehearsal-{os.getpid()}"}, folder)
    app.kernel.shell.run_cell(_TYPICAL)
    return [name for name in sys.modules if name not in before and not name.startswith("_")]


def _application(info: dict[str, Any], folder: str) -> IPKernelApp:
    """An initialized one, whose sockets are bound or about to be."""
    file = Path(folder, "kernel.json")
    file.write_text(json.dumps(info))
    os.environ["JUPYTER_RUNTIME_DIR"] = folder
    os.environ["MPLBACKEND"] = BACKEND
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.argv[:] = ["ipykernel_launcher.py", "-f", str(file)]
    sys.path[:] = ["", *(path for path in sys.path if path)]
    pipe_without_network(folder)
    app = IPKernelApp.instance()
    app.update_config(kernel_config())
    make_lean(app, str(file))
    app.initialize([])
    app.kernel._process_children = list  # the sandbox ends what the kernel has started
    use_inline_figures()
    system_without_terminal()
    return app


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
