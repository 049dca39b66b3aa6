"""The packages that a course names: whether they are installed here, and which modules they bring."""

import re
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from importlib.util import find_spec

from courses.authoring.spots import Spot
from courses.errors import GraderUnavailable
from courses.services.ports import CodeGrader, GradingJob

_SUBMODULES = {"matplotlib": "matplotlib.pyplot"}
"""What courses import of a package whose own module is nearly empty."""


def modules_of(package: str) -> tuple[str, ...]:
    """The modules that a package's name stands for; none if it is not installed.

    A package is named as on PyPI (scikit-learn) or as it is imported (sklearn).
    """
    module = package.replace("-", "_")
    if "." not in module and find_spec(module):
        return (_SUBMODULES.get(module, module),)
    wanted = _normal(package)
    brought = packages_distributions().items()
    return tuple(
        name
        for name, owners in brought
        if not name.startswith("_") and any(_normal(o) == wanted for o in owners)
    )


def check_packages(packages: Iterable[str], grader: CodeGrader, spot: Spot) -> None:
    """Report those that learners' code could not import."""
    for package in packages:
        modules = modules_of(package)
        if not modules:
            fix = f"Install it (pip install {package}), or take it out of the list."
            spot.error(f"The package “{package}” is not installed here.", fix)
        for module in modules:
            _try_import(module, package, grader, spot)


def _try_import(module: str, package: str, grader: CodeGrader, spot: Spot) -> None:
    try:
        report = grader.grade(GradingJob(source=f"import {module}"))
    except GraderUnavailable:
        return  # the chapters say so
    if report.outcome != "passed":
        said = report.traceback.strip().splitlines()
        reason = said[-1] if said else f"it ends with “{report.outcome}”"
        fix = "Mend the installation, or take it out of the list."
        spot.error(f"The package “{package}” is installed and cannot be imported: {reason}.", fix)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
