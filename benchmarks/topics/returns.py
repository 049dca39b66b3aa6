"""Coming back to a chapter whose kernel was put to sleep: the page, a new kernel, the chapter's code anew.

A kernel without an open page is put to sleep at the server's next look. The peer is what a notebook's
reader would do: run the chapter's cells in a new kernel.
"""

from benchmarks.course import CELLS
from benchmarks.figures import OURS, Figure
from benchmarks.peers.environment import Peers
from benchmarks.peers.process import peers_at_work
from benchmarks.rounds import Contestant, contest, milliseconds, say
from benchmarks.visitors import await_sleep, await_state, course_served, learners, open_page
from tests.integration.harbour import Guest

WORK = "back to a chapter whose kernel was put to sleep, until its code has run"
PEER = "nbclient chapter"
NBCLIENT = "nbclient, the same cells"
ROUNDS = 7


def measure(peers: Peers) -> list[Figure]:
    with (
        course_served(STEPWISE_KERNEL_GRACE="0") as served,
        learners(served, ROUNDS + 1) as guests,
        peers_at_work(peers, (PEER,)) as at_work,
    ):
        say(f"{len(guests)} learners open a chapter and leave; their kernels are put to sleep")
        for guest in guests:
            _come_back(guest)
        theirs = at_work[PEER]
        contestants: dict[str, Contestant] = {
            OURS: lambda round_: _come_back(guests[round_ + 1], asleep=True),
            NBCLIENT: lambda _round: theirs.work("run"),
        }
        return contest(WORK, "ms", contestants, ROUNDS)


def _come_back(guest: Guest, *, asleep: bool = False) -> float:
    """Milliseconds. With `asleep`, the kernel is put to sleep before the time is taken."""
    if asleep:
        await_sleep(guest)

    def visit() -> None:
        open_page(guest, CELLS)
        await_state(guest, "ready")

    return milliseconds(visit)
