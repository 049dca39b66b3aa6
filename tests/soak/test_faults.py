"""kill -9 at random moments: what was acknowledged is there, once, and everything starts again by itself."""

import asyncio
import random
import shutil
import tempfile
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from tornado.httpclient import HTTPClientError

from tests.conftest import Published
from tests.integration.harbour import Guest, execute
from tests.serve import Served, free_port, serving
from tests.waiting import wait_for

pytestmark = pytest.mark.soak
LEARNERS, ATTEMPTS = 4, 50
"""As many attempts for each learner, or more, until the last of the kills."""
VICTIMS = ("server", "kernel", "kernels' warm process", "gradings' warm process") * 3
SEED = 7
GREET = "def greet(name):  # {mark}\n    return 'Hello, ' + name"
SESSION = "learn/atlas/code/session"


class Learner:
    """Answers and checks code until each attempt is acknowledged, whatever becomes of the server."""

    def __init__(self, guest: Guest, up: threading.Event, quiet: threading.Event) -> None:
        self.guest, self._up, self._quiet = guest, up, quiet
        self.acknowledged: list[str] = []
        self.outcomes: set[str] = set()

    def work(self) -> None:
        while len(self.acknowledged) < ATTEMPTS or not self._quiet.is_set():
            step = "c-greet" if len(self.acknowledged) % 3 == 2 else "c-read"
            key = uuid.uuid4().hex
            answer = GREET.format(mark=key) if step == "c-greet" else True
            attempt = self._until_acknowledged(step, answer, key)
            self.acknowledged.append(str(attempt["id"]))
            self.outcomes.add(attempt["verdict"]["outcome"])

    def stored(self) -> list[str]:
        return [id_ for step in ("c-read", "c-greet") for id_ in self._stored(step)]

    def _until_acknowledged(self, step: str, answer: object, key: str) -> dict[str, Any]:
        while True:
            assert self._up.wait(60), "the server does not come back"
            with suppress(httpx.TransportError):
                response = self.guest.answer(step, answer, key, "atlas")
                if response.status_code in (200, 201):
                    return dict(response.json()["attempt"])
                assert response.status_code in (429, 503), response.text
                threading.Event().wait(float(response.headers.get("Retry-After", "0.5")))

    def _stored(self, step: str) -> Iterator[str]:
        before = ""
        while before is not None:
            address = f"stepwise/api/v1/courses/atlas/steps/{step}/attempts?limit=50"
            page = self.guest.get(f"{address}&before={before}" if before else address).raise_for_status()
            yield from (str(item["id"]) for item in page.json()["items"])
            before = page.json()["next_before"]


class Reaper:
    """Kills, one after the other at moments of a seeded chance, what a running server consists of."""

    def __init__(self, guest: Guest) -> None:
        self._guest, self._chance = guest, random.Random(SEED)
        self.victims = self._chance.sample(VICTIMS, len(VICTIMS))

    def until_the_server_is_dead(self, served: Served, up: threading.Event) -> None:
        """Or until all is done."""
        while self.victims:
            threading.Event().wait(self._chance.uniform(0.3, 2.5))
            what = self.victims.pop()
            if what == "server":
                up.clear()
                served.kill()
                return
            self._kill(served, what)
            self.require_kernel()

    def require_kernel(self) -> None:
        """Whoever opens the chapter now gets one that works, at the latest when a page asks once more."""
        wait_for(self._kernel_works, "a kernel that works", 90)

    def _kernel_works(self) -> bool:
        self._guest.send(SESSION).raise_for_status()
        wait_for(lambda: self._guest.get(SESSION).json()["state"] != "starting", "the kernel's start", 60)
        session = self._guest.get(SESSION).json()
        with suppress(HTTPClientError, TimeoutError, AssertionError):
            asyncio.run(self._run_code(session["kernel"]))
            return True
        return False

    async def _run_code(self, kernel: str) -> None:
        """Raises one of several errors where there is no kernel, or one that ends meanwhile."""
        async with asyncio.timeout(10), self._guest.channels(kernel) as channels:
            await execute(channels, "print('base is', base)", until="base is 10")

    def _kill(self, served: Served, what: str) -> None:
        self.require_kernel()
        wait_for(lambda: len(warm_processes(served)) == 2, "both warm processes", 60)
        with suppress(psutil.NoSuchProcess):
            kernels, gradings = sorted(warm_processes(served), key=has_kernels, reverse=True)
            victim = gradings if "gradings" in what else kernels
            (victim.children()[0] if what == "kernel" else victim).kill()


def warm_processes(served: Served) -> list[psutil.Process]:
    """Each has a small one above it, which is the server's own child."""
    with suppress(psutil.NoSuchProcess):
        keepers = psutil.Process(served.process.pid).children()
        return [warm for keeper in keepers for warm in keeper.children()]
    return []


def has_kernels(warm: psutil.Process) -> bool:
    """Its run folder holds the server's names for their sockets."""
    return any(Path(warm.environ()["HOME"]).parent.glob("k-*"))


@pytest.fixture
def disk() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="so-", dir="/var/tmp"))
    folder.chmod(0o711)
    (folder / "tmp").mkdir(mode=0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_two_hundred_attempts_amid_kills(published: Published, tmp_path: Path, disk: Path) -> None:
    """Of the server, of warm processes and of kernels, with code checks under way."""
    data, up, quiet = published.copy(tmp_path / "data"), threading.Event(), threading.Event()
    environment = {"TMPDIR": str(disk / "tmp"), "STEPWISE_RUN_FOLDER": str(disk / "run")}
    serve = partial(serving, data, published.courses, port=free_port(), **environment)
    with ExitStack() as stack:
        with serve() as served:
            guests = [stack.enter_context(Guest(served)) for _ in range(LEARNERS + 1)]
            for guest in guests:
                guest.register()
        reaper = Reaper(guests[0])
        learners = [Learner(guest, up, quiet) for guest in guests[1:]]
        pool = stack.enter_context(ThreadPoolExecutor(LEARNERS))
        stack.callback(up.clear)
        stack.callback(quiet.set)
        work = [pool.submit(learner.work) for learner in learners]
        while reaper.victims:
            with serve() as served:
                up.set()
                reaper.until_the_server_is_dead(served, up)
        with serve() as served:
            up.set()
            quiet.set()
            for future in work:
                future.result()
            reaper.require_kernel()
            for learner in learners:
                assert len(set(learner.acknowledged)) >= ATTEMPTS
                assert sorted(learner.stored()) == sorted(learner.acknowledged)
                assert learner.outcomes == {"passed"}
            print("attempts:", *(len(learner.acknowledged) for learner in learners))
            assert served.stop() == 0
    assert list((disk / "tmp").glob("stepwise-*")) == list((disk / "run").iterdir()) == []
