"""`stepwise serve`: publish what is new, say where the server is, and run it until it is told to stop."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EADDRINUSE
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from tornado.netutil import bind_sockets
from traitlets.config import Config
from watchfiles import Change, DefaultFilter, awatch

from courses.app import StepwiseApp, StepwiseServer
from courses.errors import AuthoringError, Rejected, StepwiseError
from courses.kernels.provisioner import Forks
from courses.preloading import missing_packages
from courses.publishing import Say, course_folders, publish_folder, run_with_progress, unpublished
from courses.sandboxing import Sandbox, sandboxes
from courses.services.manage_users import create_admin_link
from courses.settings import Settings
from courses.web.logs import log_request
from courses.wiring import Wiring, wired

WILDCARDS = ("0.0.0.0", "::")  # noqa: S104  # only to print an address that works
log = logging.getLogger("stepwise")


def serve_forever(settings: Settings, say: Say) -> None:
    """Returns when the server was stopped. Raises StepwiseError before it listens."""
    refuse_taken_port(settings)
    with wired(settings) as wiring, sandboxes(settings, wiring.ground) as sandbox:
        kernels = sandbox.kernels()
        for line in (sandbox.report(), *missing_packages(wiring.packages)):
            say(line)
        if kernels is None:
            refuse_open_plain_kernels(settings)
        publish_at_start(wiring, say)
        server = make_server(wiring, kernels, sandbox)
        address = f"http://{_host(settings.ip)}:{server.port}{settings.base_url}"
        if token := create_admin_link(wiring.platform):
            say(f"No administrator yet. Make one within a day at {address}setup?token={token}")
        say(f"Stepwise is at {address}  (Ctrl-C stops it)")
        wiring.grader.warm_up()
        with _watching(wiring, server, say):
            server.start()
        wiring.grader.halt()
    say("Stopped.")


def refuse_open_plain_kernels(settings: Settings) -> None:
    """Where kernels have no sandbox, other machines reach them only if the operator insists."""
    if settings.allow_remote_plain_kernels or _is_loopback(settings.ip):
        return
    raise Rejected(
        "ip",
        f"Learners' code runs without a sandbox, so Stepwise does not listen on {settings.ip}. "
        "Leave --ip out, or accept the risk with --allow-remote-plain-kernels.",
    )


def refuse_taken_port(settings: Settings) -> None:
    """Say so at once, and not after minutes of publishing."""
    try:
        for socket in bind_sockets(settings.port, settings.ip):
            socket.close()
    except PermissionError:
        reason = f"You may not listen on port {settings.port}. Choose another one with --port."
        raise Rejected("port", reason) from None
    except OSError as error:
        if error.errno == EADDRINUSE:
            reason = f"Port {settings.port} is in use. Choose another one with --port."
            raise Rejected("port", reason) from None
        reason = f"Cannot listen on {settings.ip}: {error.strerror}. Check --ip."
        raise Rejected("ip", reason) from None


def publish_at_start(wiring: Wiring, say: Say) -> None:
    """Publish courses that have no edition. One that fails is said and does not stop the server."""
    root = wiring.settings.courses
    if not root.is_dir():
        say(f"There is no folder {root}, so no course was published from it.")
        return
    for folder in unpublished(wiring.platform, course_folders(root)):
        say(f"Publishing {folder.name}: every solution, mistake and example is run once.")
        try:
            work = partial(publish_folder, wiring.platform, folder, by="stepwise serve")
            say(str(run_with_progress(wiring.grader, work, say)))
        except AuthoringError as error:
            for finding in error.findings:
                say(f"{finding.severity}: {finding}")
            say(f"{folder.name} was not published. Mend it, then: stepwise publish {folder}")


def make_server(
    wiring: Wiring, kernels: Forks | None = None, sandbox: Sandbox | None = None
) -> StepwiseServer:
    """A server that listens already and has not started to answer.

    Learners' kernels are forked from `kernels`; without it they are plain processes. `sandbox` is what
    the status page tells of.
    """
    StepwiseServer.clear_instance()
    server: StepwiseServer = StepwiseApp.initialize_server(
        argv=[],
        config=server_config(wiring.settings, wiring.key("cookies")),
        wiring=wiring,
        kernels=kernels,
        sandbox=sandbox,
    )
    for name in (StepwiseServer.__name__, StepwiseApp.__name__):
        # Jupyter's own handlers write plain lines; ours, at the root, writes all of them alike.
        jupyter_log = logging.getLogger(name)
        jupyter_log.handlers.clear()
        jupyter_log.propagate = True
        jupyter_log.setLevel(logging.WARNING)  # below that it logs what learners' code prints
    return server


def server_config(settings: Settings, cookie_secret: bytes) -> Config:
    """What of Jupyter's own settings ours decide."""
    root = settings.data.resolve() / "empty"
    root.mkdir(exist_ok=True)
    return Config(
        {
            "ServerApp": {
                "ip": settings.ip,
                "port": settings.port,
                "port_retries": 0,
                "base_url": settings.base_url,
                "root_dir": str(root),
                "cookie_secret": cookie_secret,
                "open_browser": False,
                "allow_root": True,
                "allow_remote_access": not _is_loopback(settings.ip) or bool(settings.trusted_proxies),
                "allow_unauthenticated_access": False,
                "identity_provider_class": "courses.web.identity.StepwiseIdentityProvider",
                "authorizer_class": "courses.web.gate.StepwiseAuthorizer",
                "tornado_settings": {"log_function": log_request},
                "max_body_size": 2 * 1024 * 1024,
                "log_level": "WARN",
                # Jupyter would otherwise go on without us, and so without the gate.
                "reraise_server_extension_failures": True,
            }
        }
    )


def _host(ip: str) -> str:
    """What stands in an address that this machine can open."""
    if ip in WILDCARDS:
        return "127.0.0.1" if ip == WILDCARDS[0] else "[::1]"
    return f"[{ip}]" if ":" in ip else ip


def _is_loopback(ip: str) -> bool:
    try:
        return ip_address(ip).is_loopback
    except ValueError:
        return ip == "localhost"


@contextmanager
def _watching(wiring: Wiring, server: StepwiseServer, say: Say) -> Iterator[None]:
    """Publish what is saved while the server runs, if the operator wants it."""
    root = wiring.settings.courses.resolve()
    if not wiring.settings.watch:
        yield
        return
    if not root.is_dir():
        raise Rejected("courses", f"There is no folder {root} to watch. Name one with --courses.")
    loop = server.io_loop.asyncio_loop  # type: ignore[attr-defined]  # Tornado's loops are asyncio's
    watch = loop.create_task(_watch(wiring, root, say))
    try:
        yield
    finally:
        watch.cancel()
        loop.run_until_complete(asyncio.gather(watch, return_exceptions=True))


async def _watch(wiring: Wiring, root: Path, say: Say) -> None:
    loop = asyncio.get_running_loop()
    async for changes in awatch(root, watch_filter=SourceFilter(root)):
        paths = [Path(path) for _, path in changes]
        await loop.run_in_executor(wiring.executor, _publish_changed, wiring, root, paths, say)


class SourceFilter(DefaultFilter):
    """Passes over what editors and Python leave beside the sources."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def __call__(self, change: Change, path: str) -> bool:
        below = Path(path).relative_to(self._root)
        hidden = any(part.startswith(".") for part in below.parts)
        return not hidden and super().__call__(change, str(below))


def _publish_changed(wiring: Wiring, root: Path, paths: list[Path], say: Say) -> None:
    try:
        changed = [path.resolve() for path in paths]
        for folder in course_folders(root):
            if any(path.is_relative_to(folder.resolve()) for path in changed):
                _publish_and_say(wiring, folder, say)
    except Exception:  # whatever it is, the next save is watched too
        log.exception("publishing after a change failed")


def _publish_and_say(wiring: Wiring, folder: Path, say: Say) -> None:
    try:
        published = publish_folder(wiring.platform, folder, by="stepwise serve --watch")
    except AuthoringError as error:
        if wiring.grader.halted:
            return
        for finding in error.findings:
            say(f"{finding.severity}: {finding}")
        say(f"{folder.name} keeps its running edition.")
    except StepwiseError as error:
        say(f"{folder.name}: {error}")
    else:
        for finding in published.warnings:
            say(f"{finding.severity}: {finding}")
        say(str(published))
