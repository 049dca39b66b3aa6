"""A sandboxed grader for tests that attack it, and what they say to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from courses.grading.forked import SandboxLauncher, grading_config
from courses.grading.runner import ProcessGrader
from courses.sandbox.warm_server import WarmServer
from courses.services.ports import GradingJob, GradingReport, Limits


@contextmanager
def sandboxed_grader(folder: Path, **settings: Any) -> Iterator[ProcessGrader]:
    """With a warm process of its own below `folder`, configured as a server's but for `settings`."""
    warm = WarmServer(replace(grading_config(), **settings), folder)
    grader = ProcessGrader(SandboxLauncher(warm), at_once=2, patience=60)
    yield grader
    grader.stop()


def check(
    grader: ProcessGrader,
    source: str,
    tests: str = "",
    hidden_tests: str = "",
    limits: Limits = Limits(wall=10),  # noqa: B008 - it is frozen
    context: tuple[str, ...] = (),
    modules: dict[str, str] | None = None,
) -> GradingReport:
    return grader.grade(
        GradingJob(source, tests, hidden_tests, context, modules=modules or {}, limits=limits)
    )
