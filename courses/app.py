"""The `stepwise` server: a Jupyter server with nothing of Jupyter's open but the learner's own pages.

It serves no files, contents, terminals or kernels of its own: one cross-site script must not be a
shell. What it does serve stands in `handlers()`, behind the gate.
"""

import asyncio
import logging
import resource
import signal
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Any as Any_
from traitlets import Instance, default
from traitlets.config import Config
from voila.paths import collect_static_paths
from voila.utils import get_voila_labextensions_path

from courses.api.routes import api_handlers
from courses.kernels.capacity import default_kernels, machine_memory_mb
from courses.kernels.learner_kernels import LearnerKernels
from courses.kernels.provisioner import Forks
from courses.kernels.sessions import Sessions
from courses.sandbox.own_folders import temporary_prefix
from courses.sandboxing import Sandbox
from courses.services.platform import Actor
from courses.services.replay_plan import ReplayPlan, replay_plan
from courses.services.see_status import Running, SandboxState
from courses.web.assets import AssetHandler, Assets
from courses.web.gate import install_gate
from courses.web.learn.files import file_handlers
from courses.web.learn.kernel_routes import kernel_handlers
from courses.web.learn.outputs import OutputRenderer
from courses.web.learn.page import page_handlers
from courses.web.learn.render import StepRenderer
from courses.web.learn.voila import VoilaPages
from courses.web.markdown import sanitise
from courses.web.page import Templates
from courses.web.proxies import trust_proxies
from courses.web.routes import web_handlers
from courses.web.security import secure_every_response
from courses.web.texts import Texts
from courses.wiring import Wiring
from stepwise_kernel_ext.bundles import BUNDLES, bundles

WEB_STATIC = Path(__file__).parent / "web" / "static"
HEADER_TIMEOUT = 75.0
"""Seconds for the next request on a connection; Tornado would wait an hour."""
BODY_TIMEOUT = 120.0
"""Seconds for a request's body."""
OPEN_FILES = 2**16
"""That the server may have open, where the machine allows as many."""
KERNEL_CONFIG = Config(
    {
        # A kernel that dies is not started again behind our back: a session does that, and replays.
        "KernelRestarter": {"restart_limit": 0},
        # Sockets in a folder of the server's own instead of ports that any local process may try.
        "ConnectionFileMixin": {"transport": "ipc"},
    }
)
log = logging.getLogger("stepwise")


class StepwiseServer(ServerApp):
    """A Jupyter server without Jupyter's services. Ctrl-C stops it at once, without asking."""

    default_services = ("auth",)  # type: ignore[assignment]  # the base spells out its eleven
    wiring = Instance(Wiring, allow_none=True)
    kernels: Forks | None = Any_(None, allow_none=True)  # type: ignore[assignment]  # a trait of a protocol
    """What learners' kernels are forked from; None for plain processes."""
    sandbox = Instance(Sandbox, allow_none=True)

    @default("min_open_files_limit")
    def _open_files(self) -> int:
        """A kernel that is in use takes dozens: sockets of its own and of its pages."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        return max(soft, min(hard, OPEN_FILES) if hard != resource.RLIM_INFINITY else OPEN_FILES)

    def init_signal(self) -> None:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._signal_stop)

    def _signal_stop(self, sig: Any, frame: Any) -> None:
        """As Jupyter's, which logs as critical that it was told to stop."""
        log.info("signal %s: stopping", int(sig))
        self.stop(from_signal=True)

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """Read none of what the machine has for other Jupyter servers: it could open what ours closes."""

    def init_httpserver(self) -> None:
        super().init_httpserver()
        self.http_server.conn_params.header_timeout = HEADER_TIMEOUT
        self.http_server.conn_params.body_timeout = BODY_TIMEOUT

    def running_server_info(self, kernel_count: bool = True) -> str:
        """Said at the start; the address is printed by the command that serves."""
        return "Stepwise is running."


class StepwiseApp(ExtensionApp):
    """Puts the platform's handlers into the server."""

    name = "stepwise"
    extension_url = "/"
    serverapp_class = StepwiseServer
    load_other_extensions = False
    serverapp_config: ClassVar[dict[str, Any]] = {  # type: ignore[misc]  # the base has no ClassVar
        "jpserver_extensions": {"courses": True}
    }

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """As for the server: settings are the platform's own."""

    @property
    def server(self) -> StepwiseServer:
        """The server this is part of, once it is linked to it."""
        if not isinstance(self.serverapp, StepwiseServer):
            raise RuntimeError("Start Stepwise with `stepwise serve`.")
        return self.serverapp

    @property
    def wiring(self) -> Wiring:
        if self.server.wiring is None:
            raise RuntimeError("Start Stepwise with `stepwise serve`.")
        return self.server.wiring

    def initialize_settings(self) -> None:
        texts = Texts()
        wiring = self.wiring
        assets = Assets((WEB_STATIC, BUNDLES), "/stepwise/static/")
        steps = StepRenderer(OutputRenderer(sanitise, wiring.platform.text.html))
        self._voila = Assets(map(Path, collect_static_paths(["voila"], "lab", prune=True)), "/voila/static/")
        self._extensions = Assets(map(Path, get_voila_labextensions_path([])), "/voila/labextensions/")
        self.settings.update(
            stepwise_platform=wiring.platform,
            stepwise_executor=wiring.executor,
            stepwise_attempts_executor=wiring.attempts,
            stepwise_entrance_executor=wiring.entrance,
            stepwise_texts=texts,
            stepwise_templates=Templates(texts),
            stepwise_assets=assets,
            stepwise_bundles=bundles(),
            stepwise_sessions=self._sessions(),
            stepwise_plain_kernels=self.server.kernels is None,
            stepwise_running=self._running,
            stepwise_steps=steps,
            stepwise_pages=VoilaPages(
                self.server, self.server.web_app.settings, self._voila, self._extensions
            ),
        )

    def initialize_handlers(self) -> None:
        self.handlers.extend(
            [
                *page_handlers(),
                *kernel_handlers(),
                *file_handlers(),
                *web_handlers("/"),
                *api_handlers("/"),
                (r"/voila/static/(.+)", AssetHandler, {"assets": self._voila}),
                (r"/voila/labextensions/(.+)", AssetHandler, {"assets": self._extensions}),
            ]
        )

        # Before the server listens. Handlers that are added later come after these rules.
        web_app = self.server.web_app
        install_gate(web_app, self.server.base_url)
        trust_proxies(web_app, self.wiring.settings.trusted_proxies)
        secure_every_response(web_app)

    async def _start_jupyter_server_extension(self, _serverapp: Any) -> None:
        self.settings["stepwise_sessions"].start_sweeping()

    async def stop_extension(self) -> None:
        await self.settings["stepwise_sessions"].stop_all()
        self._sockets.cleanup()

    def _running(self) -> Running:
        """For the status page."""
        sessions: Sessions = self.settings["stepwise_sessions"]
        gradings, waiting = self.wiring.grader.counts()
        sandbox = self.server.sandbox
        return Running(
            kernels=sessions.owners(),
            most_kernels=sessions.most,
            gradings=gradings,
            gradings_waiting=waiting,
            gradings_sandboxed=self.wiring.launcher.sandboxed,
            sandbox=sandbox.state() if sandbox else SandboxState(unsandboxed=self.server.kernels is None),
        )

    def _sessions(self) -> Sessions:
        wiring, settings = self.wiring, self.wiring.settings

        async def plan(actor: Actor, course: str, chapter: str) -> ReplayPlan:
            call: Callable[[], ReplayPlan] = partial(replay_plan, wiring.platform, actor, course, chapter)
            return await asyncio.get_running_loop().run_in_executor(wiring.executor, call)

        # A short path: Unix sockets' end at 107 bytes.
        prefix = temporary_prefix("io")
        self._sockets = tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
        kernels = LearnerKernels(
            parent=self.server,
            log=self.log,
            kernel_spec_manager=self.server.kernel_spec_manager,
            connection_dir=self._sockets.name,
            config=KERNEL_CONFIG,
        )
        if self.server.kernels is not None:
            kernels.in_sandboxes(self.server.kernels, settings.kernel_limits)
        return Sessions(
            kernels,
            plan,
            idle=settings.kernel_idle,
            grace=settings.kernel_grace,
            per_user=settings.kernels_per_user,
            most=settings.kernels or default_kernels(settings.kernel_memory_mb, machine_memory_mb()),
            run_limit=settings.run_limit,
        )
