"""What has been promised, and whether it is kept."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.figures import OURS, Results
from benchmarks.topics import answers, crowds, gradings, kernels, memory, pages

GRADERS = ("nbgrader API", "nbgrader CLI", "otter API", "otter CLI", "nbclient", "papermill")


@dataclass(frozen=True)
class Target:
    """`measure` gives the number that is promised to be at most `limit` (or at least); None if unknown."""

    text: str
    limit: float
    unit: str
    measure: Callable[[Results], float | None]
    at_least: bool = False

    def met(self, results: Results) -> bool | None:
        value = self.measure(results)
        if value is None:
            return None
        return value >= self.limit if self.at_least else value <= self.limit


def median(topic: str, work: str, who: str = OURS) -> Callable[[Results], float | None]:
    def measure(results: Results) -> float | None:
        figure = results.find(topic, work, who)
        return figure.median if figure else None

    return measure


def ratio(topic: str, work: str, who: str) -> Callable[[Results], float | None]:
    """How many times the peer's median is of ours."""

    def measure(results: Results) -> float | None:
        theirs, ours = median(topic, work, who)(results), median(topic, work)(results)
        return theirs / ours if theirs is not None and ours else None

    return measure


TARGETS = (
    Target(
        "kernel start, times faster than stock", 10, "×", ratio("kernels", kernels.ALONE, kernels.STOCK), True
    ),
    Target(
        "30 kernels at once, times faster than stock",
        10,
        "×",
        ratio("kernels", kernels.MANY, kernels.STOCK),
        True,
    ),
    Target(
        "memory a kernel with 30 running, idle, times less than stock",
        4,
        "×",
        ratio("memory", memory.work(30, memory.IDLE), kernels.STOCK),
        True,
    ),
    Target(
        "memory a kernel with 30 running, after a plot, times less than stock",
        4,
        "×",
        ratio("memory", memory.work(30, memory.PLOTTED), kernels.STOCK),
        True,
    ),
    Target("a graded submission", 50, "ms", median("gradings", gradings.GRADED)),
    Target("answer to next step, a question", 100, "ms", median("answers", answers.QUESTION)),
    Target("answer to what follows, code", 150, "ms", median("answers", answers.CODE)),
    Target("prose of the unlocked steps in the first HTML", 150, "ms", median("pages", pages.HTML)),
    Target("prose painted, warm browser", 150, "ms", median("pages", pages.PAINT)),
    Target("chapter page interactive, warm browser", 600, "ms", median("pages", pages.READY)),
    Target("first visit, compressed", 1024, "KiB", median("pages", pages.BYTES)),
    Target("second visit, conditional requests", 0, "", median("pages", pages.CONDITIONAL)),
    Target("chapter pages a second, 8 readers", 8, "pages/s", median("crowds", crowds.RATE), True),
)
