"""A peer's process, from our side: start it, have it do its work once, end it."""

import contextlib
import json
import select
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from benchmarks.peers.environment import PeerFailed, Peers

ROOT = Path(__file__).parents[2]
SECONDS = 120


class Peer:
    """It starts with its first work, so that one that cannot start fails as one that cannot work."""

    def __init__(self, peers: Peers, name: str, folder: Path) -> None:
        self._peers, self._name, self._folder = peers, name, folder
        self._process: subprocess.Popen[str] | None = None
        self._log: IO[str] | None = None

    def work(self, word: str) -> float:
        """Milliseconds. Raises PeerFailed."""
        if self._process is None:
            self._start()
            self._answer()
        assert self._process is not None and self._process.stdin is not None
        print(word, file=self._process.stdin, flush=True)
        return float(self._answer()["ms"])

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        if self._log is not None:
            self._log.close()

    def _start(self) -> None:
        self._peers.require()
        self._log = (self._folder / "log").open("w+")
        home = self._folder / "home"
        home.mkdir()
        (self._folder / "work").mkdir()
        self._process = subprocess.Popen(
            [self._peers.python, "-m", "benchmarks.peers.worker", self._name, self._folder / "work"],
            cwd=ROOT,
            env=self._peers.environment(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            bufsize=1,
        )

    def _answer(self) -> dict[str, Any]:
        assert self._process is not None and self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], SECONDS)[0]:
            raise PeerFailed(f"It did not answer within {SECONDS} s.")
        line = self._process.stdout.readline()
        if not line:
            raise PeerFailed(f"It has ended: {(self._folder / 'log').read_text()[-200:]}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise PeerFailed(str(answer["error"]))
        return answer


@contextlib.contextmanager
def peers_at_work(peers: Peers, names: tuple[str, ...]) -> Iterator[dict[str, Peer]]:
    """One process a name, each in a folder of its own; all end with the block."""
    with tempfile.TemporaryDirectory(prefix="peers-", ignore_cleanup_errors=True) as folder:
        made = {}
        for name in names:
            place = Path(folder, name.replace(" ", "-"))
            place.mkdir()
            made[name] = Peer(peers, name, place)
        try:
            yield made
        finally:
            for peer in made.values():
                peer.end()
