"""Where one grading happens: its folders, and a process that runs the chapter's code so far in them.

A stage is for one grading only, of one learner's submission. All runs of that submission are forked from
the process and share its sandbox: what one of them leaves there (the arguments of a hidden test, say),
nobody may find who is graded later.
"""

from contextlib import ExitStack

from courses.grading.fonts import FontCache
from courses.grading.launching import Child, Launcher
from courses.grading.slow_cells import SLOW_SECONDS
from courses.grading.submissions import Submissions
from courses.grading.workplace import Workplace
from courses.services.ports import GradingJob


class Stages:
    """Opens stages. Raises OSError or SandboxUnavailable where there can be none."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher, self._fonts = launcher, FontCache()

    def open(self, job: GradingJob) -> "Stage":
        """Its process is started, and has run nothing yet."""
        with ExitStack() as held:
            place = held.enter_context(Workplace(job.files))
            if self._launcher.needs_fonts:
                self._fonts.supply(job, place.submission)
            child = self._launcher.start("prefix", place.submission, job.limits)
            submissions = held.enter_context(Submissions(child, job.limits))
            return Stage(job.context, place, child, submissions, held.pop_all())


class Stage:
    """`close` ends the process and removes the folders."""

    def __init__(
        self,
        context: tuple[str, ...],
        place: Workplace,
        child: Child,
        submissions: Submissions,
        held: ExitStack,
    ) -> None:
        self.place, self.child, self.submissions = place, child, submissions
        self._context, self._held = context, held

    @property
    def is_slow(self) -> bool:
        return self.submissions.context_seconds > SLOW_SECONDS

    def prepare(self) -> None:
        """Run the context. Raises PrefixFailed."""
        self.submissions.prepare(self._context)

    def give_way(self) -> None:
        """Nobody waits for it: others come first."""
        self.child.weigh("small")

    def hurry(self) -> None:
        """Somebody waits for it now, or will when it goes on."""
        self.child.weigh("ordinary")

    def close(self) -> None:
        self._held.close()
