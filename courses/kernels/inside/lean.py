"""Settings and changes of ipykernel without which a forked, closed-off kernel would not start.

These lean on ipykernel's internals: `tests/integration/kernels/test_provisioner.py` says when they shift.
"""

import codecs
import os
import subprocess
import sys
from typing import Any

from traitlets.config import Config

from courses.kernels.inside.output import BoundedStream

BACKEND = "module://matplotlib_inline.backend_inline"


def kernel_config() -> Config:
    config = Config()
    config.HistoryManager.enabled = False  # no database, and no thread that saves
    config.IPKernelApp.parent_handle = 0  # its life is held by the server's lease
    config.IPKernelApp.outstream_class = f"{BoundedStream.__module__}.{BoundedStream.__name__}"
    return config


def without_debugger() -> None:
    """It needs TCP, of which a closed-off kernel has none, and takes long to import."""
    here = "debugpy" in sys.modules
    if not here:
        sys.modules["debugpy"] = None  # type: ignore[assignment]
    import ipykernel.debugger

    ipykernel.debugger._is_debugpy_available = False
    if not here:
        del sys.modules["debugpy"]


def pipe_without_network(folder: str) -> None:
    """ipykernel has its subprocesses' output come over TCP, whatever the kernel's own transport is."""
    import zmq
    from ipykernel.iostream import IOPubThread
    from zmq.eventloop.zmqstream import ZMQStream

    address = f"ipc://{folder}/iopub"

    def set_up_in(self: Any) -> None:
        self._pipe_uuid = os.urandom(16)
        pipe = self.socket.context.socket(zmq.PULL)
        pipe.linger = 0
        pipe.bind(address)
        self._pipe_in = ZMQStream(pipe, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def set_up_out(_self: Any) -> tuple[Any, Any]:
        context = zmq.Context()
        pipe = context.socket(zmq.PUSH)
        pipe.linger = 3000
        pipe.connect(address)
        return context, pipe

    IOPubThread._setup_pipe_in = set_up_in  # type: ignore[method-assign]
    IOPubThread._setup_pipe_out = set_up_out  # type: ignore[method-assign]


def system_without_terminal() -> None:
    """`!command` would open a pseudo-terminal, and there is none."""
    import ipykernel.zmqshell

    ipykernel.zmqshell.system = _system  # type: ignore[attr-defined, assignment]


def _system(command: str) -> int:
    """Run it and print what it prints, as it comes. An interrupt reaches it too: it is of the same group."""
    shell = [os.environ.get("SHELL", "/bin/sh"), "-c", command]
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    sys.stdout.flush()
    with subprocess.Popen(  # noqa: S603 - what the learner asked for
        shell, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as one:
        assert one.stdout is not None
        try:
            while part := os.read(one.stdout.fileno(), 1 << 16):
                sys.stdout.write(decode(part))
                sys.stdout.flush()
        except KeyboardInterrupt:
            one.terminate()
        return one.wait()


def use_inline_figures() -> None:
    """matplotlib was imported where there was no shell for it to notice."""
    if "matplotlib" in sys.modules:
        import matplotlib
        from matplotlib_inline import backend_inline

        matplotlib.use(BACKEND)
        backend_inline._enable_matplotlib_integration()
