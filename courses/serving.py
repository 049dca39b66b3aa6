"""`stepwise serve`: publish what is new, say where the server is, and run it until it is told to stop."""

import asyncio
import logging
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

from traitlets.config import Config
from watchfiles import awatch

from courses.app import StepwiseApp, StepwiseServer
from courses.errors import AuthoringError, Rejected, StepwiseError
from courses.publishing import course_folders, publish_folder, publish_missing
from courses.services.manage_users import create_admin_link
from courses.settings import Settings
from courses.web.logs import log_request
from courses.wiring import Wiring, wired

Say = Callable[[str], None]
log = logging.getLogger("stepwise")


def serve_forever(settings: Settings, say: Say) -> None:
    """Returns when the server was stopped. Raises StepwiseError before it listens."""
    refuse_open_plain_kernels(settings)
    with wired(settings) as wiring:
        publish_at_start(wiring, say)
        server = make_server(wiring)
        address = f"http://{_host(settings.ip)}:{server.port}{settings.base_url}"
        if token := create_admin_link(wiring.platform):
            say(f"No administrator yet. Make one within a day at {address}setup?token={token}")
        if settings.watch:
            server.io_loop.add_callback(_watch, wiring, say)
        say(f"Stepwise is at {address}  (Ctrl-C stops it)")
        server.start()
    say("Stopped.")


def refuse_open_plain_kernels(settings: Settings) -> None:
    """Learners' kernels have no sandbox: other machines reach them only if the operator insists."""
    if settings.allow_remote_plain_kernels or _is_loopback(settings.ip):
        return
    raise Rejected(
        "ip",
        f"Learners' code runs without a sandbox, so Stepwise does not listen on {settings.ip}. "
        "Leave --ip out, or accept the risk with --allow-remote-plain-kernels.",
    )


def publish_at_start(wiring: Wiring, say: Say) -> None:
    """Publish courses that have no edition. One that fails is said and does not stop the server."""
    root = wiring.settings.courses
    if not root.is_dir():
        say(f"There is no folder {root}, so no course was published from it.")
        return
    for folder in course_folders(root):
        try:
            publish_missing(wiring.platform, folder, say)
        except AuthoringError as error:
            for finding in error.findings:
                say(f"{finding.severity}: {finding}")
            say(f"{folder.name} was not published. Mend it, then: stepwise publish {folder}")


def make_server(wiring: Wiring) -> StepwiseServer:
    """A server that listens already and has not started to answer."""
    StepwiseServer.clear_instance()
    server: StepwiseServer = StepwiseApp.initialize_server(
        argv=[], config=server_config(wiring.settings, wiring.key("cookies")), wiring=wiring
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
            }
        }
    )


def _host(ip: str) -> str:
    return f"[{ip}]" if ":" in ip else ip


def _is_loopback(ip: str) -> bool:
    try:
        return ip_address(ip).is_loopback
    except ValueError:
        return ip == "localhost"


async def _watch(wiring: Wiring, say: Say) -> None:
    root = wiring.settings.courses
    async for changes in awatch(root):
        paths = [path for _, path in changes]
        await asyncio.to_thread(_publish_changed, wiring, root, paths, say)


def _publish_changed(wiring: Wiring, root: Path, paths: list[str], say: Say) -> None:
    changed = [Path(path).resolve() for path in paths]
    for folder in course_folders(root):
        if any(path.is_relative_to(folder.resolve()) for path in changed):
            _publish_and_say(wiring, folder, say)


def _publish_and_say(wiring: Wiring, folder: Path, say: Say) -> None:
    try:
        published = publish_folder(wiring.platform, folder, by="stepwise serve --watch")
    except AuthoringError as error:
        for finding in error.findings:
            say(f"{finding.severity}: {finding}")
        say(f"{folder.name} keeps its running edition.")
    except StepwiseError as error:
        say(f"{folder.name}: {error}")
    else:
        say(f"{folder.name}: edition {published.edition.number}.")
