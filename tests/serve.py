"""A real `stepwise serve` in a process of its own, for tests that go through the front door."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.plain_http import plain_get

START_SECONDS = 180


@dataclass
class Served:
    """A running server. `lines` is what it has said on standard output, `log` its standard error."""

    url: str
    data: Path
    log: Path
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """End it as Ctrl-C does, or with another signal, and return its exit status."""
        self.process.send_signal(how)
        return self.process.wait(20)

    def kill(self) -> None:
        """End it without a word, as a power cut does."""
        self.process.kill()
        self.process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stepwise(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a `stepwise` command to its end."""
    command = [sys.executable, "-m", "courses", *arguments]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=300, env={**os.environ, **environment}
    )


@contextmanager
def serving(
    data: Path,
    courses: Path,
    *options: str,
    port: int | None = None,
    base_url: str = "/",
    python: str = sys.executable,
    cwd: Path | None = None,
    **environment: str,
) -> Iterator[Served]:
    """Serve until the block ends; fails with the server's own words when it does not come up.

    `python` and `cwd` are for another installation than the one that runs the tests.
    """
    port = port or free_port()
    log = (data.parent / f"{data.name}.log").open("a")
    options = (*options, "--base-url", base_url)
    process = subprocess.Popen(
        [
            *(python, "-m", "courses", "serve", "--port", str(port), "--data", str(data)),
            *("--courses", str(courses), *options),
        ],
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
    )
    served = Served(f"http://127.0.0.1:{port}{base_url}", data, Path(log.name), process)
    reader = threading.Thread(target=lambda: served.lines.extend(process.stdout or ()), daemon=True)
    reader.start()
    try:
        _await_health(served)
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        reader.join(5)
        if process.stdout:
            process.stdout.close()
        log.close()


def _await_health(served: Served) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if served.process.poll() is not None:
            break
        try:
            if plain_get(served.url + "healthz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            served.process.poll()
            threading.Event().wait(0.1)
    said = "".join(served.lines) + served.log.read_text()[-4000:]
    raise AssertionError(f"The server did not come up:\n{said}")
