"""Where the warm process begins, and the small one that stays above it.

The keeper settles how children can be closed off by trying it, makes the namespaces, forks the warm
process and waits. When that ends, however it does, the keeper ends whatever is left below.
"""

import contextlib
import os
import signal
import socket
from typing import NoReturn

from courses.sandbox import ending, linux, namespaces, owners, rlimits, warming, watchdog, wire
from courses.sandbox.child import close_all_but
from courses.sandbox.config import UIDS, Config, Mode, from_wire
from courses.sandbox.confinement import close_off
from courses.sandbox.host import Host, open_host
from courses.sandbox.job import Job
from courses.sandbox.layers import MEANS, Lack
from courses.sandbox.zygote import Zygote, ready

_DESCRIPTORS = 4 * UIDS
"""The warm process has two for each child."""


def main(descriptor: int) -> None:
    """`descriptor` is the connection to the server, which sends the configuration first, and with it a
    socket on which the warm process gives signs of life.
    """
    server = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o022)
    rlimits.allow_descriptors(_DESCRIPTORS)
    record, (pulse,) = wire.receive(server)
    config = from_wire(record["config"])
    try:
        mode, refused = settle(config, record["folder"])
        linux.adopt_orphans()
        if mode == "namespaces":
            namespaces.separate()
        warm = os.fork()
        if warm == 0:
            linux.end_with_parent()
            serve(server, config, record["folder"], (mode, refused), pulse=socket.socket(fileno=pulse))
            os._exit(0)
    except OSError as error:
        wire.send(server, {"refused": error.strerror or str(error)})
        return
    keep(warm)


def settle(config: Config, folder: str) -> tuple[Mode, list[Lack]]:
    """The mode to be used, and what was tried in vain. Raises OSError when none is left."""
    if config.mode == "none":
        return "none", []
    tried: list[Lack] = []
    candidates: list[Mode] = ["namespaces", "landlock"] if config.mode == "auto" else [config.mode]
    for mode in candidates:
        failure = trial(config, folder, mode)
        if not failure:
            if config.mode == "landlock":
                tried.append(Lack("namespaces", "not wanted", MEANS["namespaces"]))
            return mode, tried
        tried.append(Lack(mode, failure, MEANS[mode]))
    raise OSError("; ".join(f"{lack.layer}: {lack.reason}" for lack in tried))


def trial(config: Config, folder: str, mode: Mode) -> str:
    """Close off a child that does nothing, in the way of `mode`. Empty when that worked, else why not."""
    ours, theirs = os.pipe()
    work = os.path.join(folder, "trial")
    os.makedirs(work, mode=0o755, exist_ok=True)
    child = os.fork()
    if child == 0:
        os.close(ours)
        _try(config, folder, mode, work, theirs)
    os.close(theirs)
    with open(ours, "rb") as answer:
        text = answer.read().decode()
    os.waitpid(child, 0)
    return text


def _try(config: Config, folder: str, mode: Mode, work: str, answer: int) -> NoReturn:
    try:
        if mode == "namespaces":
            namespaces.separate()
        inner = os.fork()
        if inner == 0:
            _try_child(open_host(config, folder, mode, count=False), work, answer)
        os.waitpid(inner, 0)
    except BaseException as error:
        os.write(answer, str(error).encode())
    os._exit(0)


def _try_child(host: Host, work: str, answer: int) -> NoReturn:
    try:
        child = host.fork()
        if child:
            os.waitpid(child, 0)
            os._exit(0)
        if host.first_uid:
            os.chown(work, host.uid(0), host.uid(0))
        close_off(host, Job("", "", 0, work="" if host.root else work))
    except BaseException as error:
        os.write(answer, str(error).encode())
    os._exit(0)


def serve(
    server: socket.socket,
    config: Config,
    folder: str,
    settled: tuple[Mode, list[Lack]],
    *,
    pulse: socket.socket,
) -> None:
    """The warm process itself. Imports come before the private root: they see what children do not."""
    linux.adopt_orphans()
    pid = owners.own_pid()
    problems = warming.warm(config)
    mode, refused = settled
    host = open_host(config, folder, mode)
    host.lacking[:0] = refused
    threads = warming.threads()
    try:
        watchdog.give_sign(pulse)
        ready(server, host, pid, problems, threads)
        if threads == 1:
            Zygote(server, pulse, host).serve()
    finally:  # the server may stop in the very moment it hears
        host.groups.close()


def keep(warm: int) -> None:
    close_all_but(())
    while True:
        ended, _ = os.wait()
        if ended == warm:
            break
    ending.end_descendants(set())
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
