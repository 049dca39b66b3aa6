"""A graded submission with five hidden asserts, from handing it in to the verdict, one at a time.

Ours is graded as the server grades it, by the grader that its settings wire: in sandboxes, and never
without them. Good and bad submissions take turns, and each verdict is checked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import OURS, Figure
from benchmarks.peers.environment import Peers
from benchmarks.peers.process import Peer, peers_at_work
from benchmarks.prefix import checks_behind_a_slow_cell
from benchmarks.rounds import Contestant, contest, milliseconds
from benchmarks.work import HIDDEN, IMPORTS, SUBMISSIONS, TABLE_HIDDEN, TABLE_IMPORTS, TABLE_SUBMISSIONS
from courses.grading.forked import ENTRY, grading_config
from courses.sandbox.limits import Limits
from courses.sandbox.run_folder import default_base
from courses.sandbox.warm_server import WarmServer
from courses.services.ports import CodeGrader, GradingJob, GradingReport
from courses.settings import Settings
from courses.wiring import wired

GRADED = "a graded submission"
IN_A_ROW = "a graded submission, one right after the other"
TABLES = "one that uses numpy and pandas, one right after the other"
SANDBOX = "of which one of the two sandboxes: forked, closed off, ended"
PEERS = ("nbclient", "papermill", "nbgrader API", "nbgrader CLI", "otter API", "otter CLI")
ROUNDS, ALONE_ROUNDS = 8, 20


def measure(peers: Peers) -> list[Figure]:
    with TemporaryDirectory(prefix="bench-") as folder, _grader(Path(folder)) as grader:
        ours = _ours(grader, IMPORTS, SUBMISSIONS, HIDDEN)
        with peers_at_work(peers, PEERS) as at_work:
            contestants = {OURS: ours, **{name: _peer(peer) for name, peer in at_work.items()}}
            figures = contest(GRADED, "ms", contestants, ROUNDS)
        figures += contest(IN_A_ROW, "ms", {OURS: ours}, ALONE_ROUNDS) + _sandbox()
        tables = _ours(grader, TABLE_IMPORTS, TABLE_SUBMISSIONS, TABLE_HIDDEN)
        figures += contest(TABLES, "ms", {OURS: tables}, ALONE_ROUNDS)
    return figures + checks_behind_a_slow_cell()


@contextmanager
def _grader(folder: Path) -> Iterator[CodeGrader]:
    """The one of a server with these settings, which never does without a sandbox."""
    with wired(Settings(data=folder / "data", courses=folder / "courses")) as wiring:
        yield wiring.grader


def _sandbox() -> list[Figure]:
    """What it costs to have a grading process at all, before it does anything."""
    warm = WarmServer(grading_config(), default_base())
    limits = Limits(memory_mb=1024)

    def once(_round: int) -> float:
        def fork() -> None:
            lease = warm.fork(ENTRY, limits)
            try:
                lease.wait_closed_off()
            finally:
                lease.close()

        return milliseconds(fork)

    try:
        return contest(SANDBOX, "ms", {OURS: once}, ALONE_ROUNDS)
    finally:
        warm.stop()


def _word(round_: int) -> str:
    return "bad" if round_ % 2 else "good"


def _peer(peer: Peer) -> Contestant:
    return lambda round_: peer.work(_word(round_))


def _ours(
    grader: CodeGrader, imports: str, submissions: dict[str, str], hidden: tuple[str, ...]
) -> Contestant:
    def once(round_: int) -> float:
        word = _word(round_)
        job = GradingJob(submissions[word], hidden_tests="\n".join(hidden), context=(imports,))
        reports: list[GradingReport] = []
        grade: Callable[[], None] = lambda: reports.append(grader.grade(job))  # noqa: E731 - to be timed
        spent = milliseconds(grade)
        if (reports[0].outcome == "passed") != (word == "good"):
            raise RuntimeError(f"The {word} submission was judged {reports[0]}.")
        return spent

    return once
