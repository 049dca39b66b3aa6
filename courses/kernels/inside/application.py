"""ipykernel's application in two halves: what all kernels have alike, and what each has alone.

The first half is made once, in the warm process, before anything is forked. What is left for a fork are its
folder, its sockets and its threads, so that it starts sooner and writes to less of the memory that it shares
with all the others.

This leans on ipykernel's internals: `tests/integration/kernels/test_provisioner.py` says when they shift.
"""

import glob
import json
import os
import sys
import uuid
from itertools import chain
from pathlib import Path
from typing import Any

from ipykernel.kernelapp import IPKernelApp
from IPython.core.application import ENV_CONFIG_DIRS, SYSTEM_CONFIG_DIRS, BaseIPythonApplication
from IPython.core.profiledir import ProfileDir
from IPython.paths import get_ipython_dir

from courses.kernels.inside.interrupts import Interruptible
from courses.kernels.inside.lean import (
    BACKEND,
    kernel_config,
    pipe_without_network,
    system_without_terminal,
    use_inline_figures,
    without_debugger,
)
from courses.kernels.inside.orphans import Orphans


class ForkedKernel(Interruptible):
    """Made before it has sockets; who asks for it again gives it what it lacks."""

    orphans: Orphans

    @classmethod
    def instance(cls, *args: Any, **given: Any) -> "ForkedKernel":
        if not cls.initialized():
            return super().instance(*args, **given)
        kernel = super().instance()
        kernel._take({name: value for name, value in given.items() if value is not None})
        return kernel

    def _take(self, given: dict[str, Any]) -> None:
        self.ident = str(uuid.uuid4())
        for name, value in given.items():
            setattr(self, name, value)
        self._stdout, self._stderr = sys.stdout, sys.stderr
        self.orphans = Orphans()
        shell: Any = self.shell
        for end in (shell.displayhook, shell.display_pub):
            end.session, end.pub_socket = self.session, self.iopub_socket
        shell.displayhook.topic = self._topic("execute_result")

    def post_handler_hook(self) -> None:
        """After a request."""
        super().post_handler_hook()
        self.orphans.reap()


class ForkedApp(IPKernelApp):
    """`prepare` in the warm process, then `connect` in each fork."""

    def prepare(self) -> None:
        without_debugger()
        self.kernel_class = ForkedKernel
        self.update_config(kernel_config())
        BaseIPythonApplication.initialize(self, [])
        self.init_pdb()
        self.kernel = ForkedKernel.instance(parent=self, log=self.log, profile_dir=self.profile_dir)
        self.kernel._process_children = list  # type: ignore[method-assign]  # the sandbox ends what the kernel has started
        self.init_shell()
        self.init_extensions()
        self._remember_the_beginning()
        use_inline_figures()
        system_without_terminal()

    def parse_command_line(self, argv: Any = None) -> None:
        """There is none, and to build the parser of it touches all that can be configured."""

    def connect(self, info: dict[str, Any], folder: str) -> None:
        """`info` is what a connection file says; `folder` is for what a kernel keeps for itself."""
        file = Path(folder, "kernel.json")
        file.write_text(json.dumps(info))
        self.connection_file = str(file)
        os.environ["JUPYTER_RUNTIME_DIR"] = folder
        os.environ["MPLBACKEND"] = BACKEND
        sys.argv[:] = ["ipykernel_launcher.py", "-f", str(file)]
        sys.path[:] = ["", *(path for path in sys.path if path)]
        self._move_in()
        pipe_without_network(folder)
        self.init_connection_file()
        self.init_sockets()
        self.init_heartbeat()
        self.log_connection_info()
        self.init_io()
        self.init_signal()
        self.init_kernel()
        if self._has_code:
            self.init_code()

    def init_signal(self) -> None:
        self.kernel.note_interrupts()

    def _remember_the_beginning(self) -> None:
        """What `%who` does not show and `%reset` does not undo, as after the start of any kernel."""
        shell: Any = self.shell
        shell.user_ns_hidden.update(shell.user_ns)
        shell._sys_modules_keys = set(sys.modules)
        folders = [f"{folder}/startup" for folder in chain(ENV_CONFIG_DIRS, SYSTEM_CONFIG_DIRS)]
        files = [file for folder in folders for file in glob.glob(f"{folder}/*.*py")]
        self._has_code = bool(files or self.exec_lines or self.exec_files)

    def _move_in(self) -> None:
        """Into the fork's own home."""
        shell: Any = self.shell
        self.ipython_dir = shell.ipython_dir = get_ipython_dir()
        profile = ProfileDir.create_profile_dir_by_name(self.ipython_dir, self.profile, self.config)
        self.profile_dir = shell.profile_dir = profile
        shell.starting_dir = os.getcwd()
        shell.history_manager.dir_hist[:] = [Path.cwd()]
        shell.init_pushd_popd_magic()
        sys.modules["__main__"] = shell.user_module
