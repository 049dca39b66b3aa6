"""Stock Voilà serving a notebook, from our side: start it, open its page as a browser does, and leave."""

import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.course import LAST_PROSE, write_plain_notebook
from benchmarks.peers.environment import PeerFailed, Peers
from tests.serve import free_port

START_SECONDS = 60
_TOKEN = "reader"
_KERNEL = re.compile(r'"?kernelId"?:\s*"([0-9a-f-]{36})"')


@dataclass(frozen=True)
class StockVoila:
    url: str

    def client(self) -> httpx.Client:
        """With the token of which a page's script would make a cookie."""
        return httpx.Client(base_url=self.url, timeout=120, cookies={"_xsrf": _TOKEN})

    def open_page(self, client: httpx.Client) -> None:
        """The whole page, which has run the notebook; then the good-bye that a page says to its kernel."""
        page = client.get("voila/render/chapter.ipynb").raise_for_status().text
        kernel = _KERNEL.search(page)
        if LAST_PROSE not in page or kernel is None:
            raise PeerFailed("Voilà's page is not the whole chapter.")
        goodbye = client.post(f"voila/api/shutdown/{kernel[1]}", headers={"X-XSRFToken": _TOKEN})
        goodbye.raise_for_status()


@contextmanager
def stock_voila(peers: Peers) -> Iterator[StockVoila]:
    """Raises PeerFailed when it does not come up."""
    peers.require()
    with TemporaryDirectory(prefix="voila-", ignore_cleanup_errors=True) as folder:
        home, notebooks, port = Path(folder, "home"), Path(folder, "notebooks"), free_port()
        for place in (home, notebooks):
            place.mkdir()
        write_plain_notebook(notebooks / "chapter.ipynb")
        process = subprocess.Popen(
            [peers.bin / "voila", notebooks, "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"],
            env=peers.environment(home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            voila = StockVoila(f"http://127.0.0.1:{port}/")
            _await(voila, process)
            yield voila
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(voila: StockVoila, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(voila.url, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            threading.Event().wait(0.1)
    raise PeerFailed(f"Voilà did not come up within {START_SECONDS} s.")
