"""Eight readers at once who open a chapter page of twenty steps, again and again.

Stock Voilà starts a kernel for each page and runs the notebook before the page is whole. Ours needs none
for the page; to be fair, it is also measured with a kernel started anew and all code run for each page.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.course import COURSE, LONG
from benchmarks.figures import OURS, Figure
from benchmarks.peers.environment import Peers
from benchmarks.peers.stock_voila import stock_voila
from benchmarks.rounds import Contestant, contest, reason, say
from benchmarks.visitors import await_state, course_served, learners, open_page, pass_long_chapter
from tests.integration.harbour import Guest

RATE = "chapter page of 20 steps, 8 readers at once"
OURS_ANEW = f"{OURS}, each page with a new kernel that has run all code"
VOILA = "stock Voilà"
READERS, SECONDS, ROUNDS = 8, 8.0, 3


def measure(peers: Peers) -> list[Figure]:
    with _our_readers() as guests, ExitStack() as stack:
        contestants: dict[str, Contestant] = {
            OURS: _crowd([lambda guest=guest: open_page(guest) for guest in guests]),  # type: ignore[misc]
            OURS_ANEW: _crowd([lambda guest=guest: _anew(guest) for guest in guests]),  # type: ignore[misc]
        }
        failed = []
        try:
            voila = stack.enter_context(stock_voila(peers))
        except Exception as error:  # ours can be measured all the same
            failed = [Figure(RATE, VOILA, "pages/s", (), reason(error))]
            say(f"{VOILA} is not measured: {reason(error)}")
        else:
            clients = [stack.enter_context(voila.client()) for _ in range(READERS)]
            contestants[VOILA] = _crowd(
                [lambda client=client: voila.open_page(client) for client in clients]  # type: ignore[misc]
            )
        return contest(RATE, "pages/s", contestants, ROUNDS) + failed


@contextmanager
def _our_readers() -> Iterator[list[Guest]]:
    with course_served() as served, learners(served, READERS) as guests:
        say(f"{READERS} learners pass all steps")
        for guest in guests:
            pass_long_chapter(guest)
        yield guests


def _anew(guest: Guest) -> None:
    """The page, and what its session needs to start a kernel anew and run the chapter's code in it."""
    open_page(guest)
    await_state(guest, "ready", LONG)
    guest.send(f"learn/{COURSE}/{LONG}/session?action=restart").raise_for_status()


def _crowd(readers: list[Callable[[], object]]) -> Contestant:
    """Pages a second, of all together."""

    def once(_round: int) -> float:
        pages: list[int] = []
        errors: list[BaseException] = []
        began = time.perf_counter()

        def read(open_one: Callable[[], object]) -> None:
            try:
                while time.perf_counter() - began < SECONDS:
                    open_one()
                    pages.append(1)
            except BaseException as error:  # for the one who waits for all
                errors.append(error)

        threads = [threading.Thread(target=read, args=(reader,)) for reader in readers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
        return len(pages) / (time.perf_counter() - began)

    return once
