"""An ipykernel in a fork of the warm process, behind Unix sockets instead of ports.

It leans on ipykernel's inside in three places, each named below: a sandbox has no network, ends what it
holds by itself, and shares what the warm process has imported.
"""

import atexit
import json
import os
import socket
import sys
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import ipykernel.debugger
import zmq
from ipykernel.iostream import IOPubThread
from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config
from zmq.eventloop.zmqstream import ZMQStream

from courses.kernels.inside import FILES
from courses.sandbox import wire
from courses.sandbox.place import Place

_LINGER = 3000
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
    place.bind_no_more()
    wire.send(payload, {"ready": True})
    payload.close()
    app.start()
    atexit._run_exitfuncs()
    return 0


def rehearse() -> Iterable[str]:
    """The modules that a kernel imports when it starts and runs a typical cell. Called in a fork."""
    before = set(sys.modules)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    folder = os.environ["HOME"]
    ports = {
        f"{channel}_port": n for n, channel in enumerate(("shell", "iopub", "stdin", "hb", "control"), 1)
    }
    info = {"transport": "ipc", "key": "k", "signature_scheme": "hmac-sha256", **ports}
    app = _application({**info, "ip": f"{folder}/rehearsal-{os.getpid()}"}, folder)
    app.kernel.shell.run_cell(_TYPICAL)
    return [name for name in sys.modules if name not in before and not name.startswith("_")]


def _application(info: dict[str, Any], folder: str) -> IPKernelApp:
    """An initialized one, whose sockets are bound."""
    file = Path(folder, "kernel.json")
    file.write_text(json.dumps(info))
    os.environ["JUPYTER_RUNTIME_DIR"] = folder
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main
    sys.argv[:] = ["ipykernel_launcher.py", "-f", str(file)]
    sys.path[:] = ["", *(path for path in sys.path if path)]
    ipykernel.debugger._is_debugpy_available = False  # it needs a port, and 8 MB for each kernel
    _pipe_without_network(folder)
    app = IPKernelApp.instance()
    app.update_config(_config())
    app.initialize(["-f", str(file)])
    app.kernel._process_children = list  # the sandbox ends what the kernel has started
    _show_figures_inline()
    return app


def _config() -> Config:
    config = Config()
    config.HistoryManager.enabled = False
    config.IPKernelApp.parent_handle = 0  # the sandbox ends with the server
    config.IPKernelApp.log_level = 50
    return config


def _link(place: Place) -> None:
    """The course's files are links to read-only ones, so that the learner's own may lie beside them."""
    shown = Path(place.work, FILES)
    for file in shown.iterdir() if shown.is_dir() else ():
        Path(place.work, file.name).symlink_to(Path(FILES, file.name))


def _show_figures_inline() -> None:
    """The warm process has imported matplotlib without a shell, and so for files."""
    matplotlib: Any = sys.modules.get("matplotlib")
    inline: Any = sys.modules.get("matplotlib_inline.backend_inline")
    if matplotlib is not None and inline is not None:
        matplotlib.use(os.environ["MPLBACKEND"])
        inline._enable_matplotlib_integration()


def _pipe_without_network(folder: str) -> None:
    """What forked subprocesses print reaches ipykernel by TCP; here it comes by a Unix socket."""
    address = f"ipc://{folder}/iopub-{os.getpid()}"

    def receive(self: Any) -> None:
        self._pipe_uuid = os.urandom(16)
        pipe = self.socket.context.socket(zmq.PULL)
        pipe.linger = 0
        pipe.bind(address)
        self._pipe_in = ZMQStream(pipe, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def send(_self: Any) -> tuple[Any, Any]:
        context = zmq.Context()
        pipe = context.socket(zmq.PUSH)
        pipe.linger = _LINGER
        pipe.connect(address)
        return context, pipe

    stream: Any = IOPubThread
    stream._setup_pipe_in, stream._setup_pipe_out = receive, send
