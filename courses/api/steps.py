"""Steps: their content once they are unlocked, their hints, and the way on for who is stuck."""

from courses.api.registry import Route
from courses.models.views import CheckpointView, ShowResult, StepView
from courses.services.open_step import open_step
from courses.services.show_solution import show_solution
from courses.services.take_hint import take_hint

_STEP = "/courses/{course}/steps/{step}"

ROUTES = (
    Route("open_step", "GET", _STEP, open_step, StepView, "An unlocked step"),
    Route("take_hint", "POST", f"{_STEP}/hints", take_hint, CheckpointView, "Take the next hint", status=201),
    Route(
        "show_solution",
        "POST",
        f"{_STEP}/show",
        show_solution,
        ShowResult,
        "See the solution and go on, after as many failed attempts as the course asks for",
        status=201,
    ),
)
