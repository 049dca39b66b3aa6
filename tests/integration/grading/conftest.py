"""One grader for all: its processes are fresh each time anyway."""

from dataclasses import replace

import pytest

from courses.grading.runner import ProcessGrader
from courses.services.ports import GradingJob, Limits


@pytest.fixture(scope="session")
def grader():
    return ProcessGrader(at_once=2, patience=60)


@pytest.fixture
def grade(grader):
    """`grade(source, tests=..., hidden_tests=..., ...)`; `wall=` sets the time limit."""

    def run(source, wall=20.0, **fields):
        limits = fields.pop("limits", Limits())
        return grader.grade(GradingJob(source, limits=replace(limits, wall=wall), **fields))

    return run
