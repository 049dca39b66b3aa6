"""One grader for all: its processes are fresh each time anyway."""

from dataclasses import replace

import pytest

from courses.grading.forked import SandboxLauncher, grading_config
from courses.grading.launching import PlainLauncher
from courses.grading.runner import ProcessGrader
from courses.kernels.recording import RecordingKernels
from courses.sandbox.warm_server import WarmServer
from courses.services.ports import GradingJob, Limits


@pytest.fixture(scope="session")
def sandbox_launcher(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    launcher = SandboxLauncher(WarmServer(grading_config(), folder))
    yield launcher
    launcher.stop()


@pytest.fixture(scope="session", params=["plain", "sandbox"])
def grader(request):
    """Both launchers pass the same suite."""
    if request.param == "plain":
        yield ProcessGrader(PlainLauncher(), at_once=2, patience=60)
        return
    kernels = RecordingKernels()
    launcher = request.getfixturevalue("sandbox_launcher")
    yield ProcessGrader(launcher, at_once=2, patience=60, kernels=kernels)
    kernels.stop()


@pytest.fixture
def grade(grader):
    """`grade(source, tests=..., hidden_tests=..., ...)`; `wall=` sets the time limit."""

    def run(source, wall=20.0, **fields):
        limits = fields.pop("limits", Limits())
        return grader.grade(GradingJob(source, limits=replace(limits, wall=wall), **fields))

    return run
