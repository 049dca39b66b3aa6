"""Every error of the platform has its answer in HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from courses import errors
from courses.api.problems import Refused, problem_of


def subclasses(kind: type[Exception]) -> Iterator[type[Exception]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def make(kind: type[Exception]) -> Exception:
    """An instance, whatever its constructor takes."""
    error = kind.__new__(kind)
    Exception.__init__(error, "A sentence.")
    return error


@pytest.mark.parametrize("kind", list(subclasses(errors.StepwiseError)), ids=lambda kind: kind.__name__)
def test_every_domain_error_is_in_the_table(kind: type[Exception]) -> None:
    """No error of the tree ends as 500 for want of a line; 503 and 507 are the server's own."""
    status = problem_of(make(kind), "id").status
    servers_own = issubclass(
        kind, errors.GraderUnavailable | errors.SandboxUnavailable | errors.StorageUnavailable
    )
    assert 400 <= status < 500 or (servers_own and status in (503, 507))


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (errors.NotFound("step", "x"), 404, "not-found"),
        (errors.Forbidden("No."), 403, "forbidden"),
        (errors.StepLocked("x"), 403, "step-locked"),
        (errors.KeyReused(), 409, "key-reused"),
        (errors.BadAnswer("No."), 422, "bad-answer"),
        (errors.BadCredentials(), 401, "bad-credentials"),
        (errors.GuessingPause(5), 429, "guessing-pause"),
        (errors.GraderUnavailable("No."), 503, "grader-unavailable"),
        (errors.GraderBusy(), 503, "grader-busy"),
        (errors.ServerStopping(), 503, "server-stopping"),
        (errors.StorageUnavailable(), 503, "storage-unavailable"),
        (errors.StorageFull(), 507, "storage-full"),
        (Refused(401), 401, "unauthenticated"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_status_and_type(error: Exception, status: int, name: str) -> None:
    """Programs can tell the problems apart by `type`, and HTTP by the status."""
    problem = problem_of(error, "id")
    assert (problem.status, problem.type) == (status, f"urn:stepwise:{name}")


def test_problems_carry_what_the_error_carries() -> None:
    """The wrong field, the locked step and the time to wait are members of the problem."""
    assert problem_of(errors.Rejected("name", "No."), "id").field == "name"
    assert problem_of(errors.StepLocked("loops"), "id").step == "loops"
    assert problem_of(errors.TooMany(7.5, "No."), "id").retry_after == 7.5


@pytest.mark.parametrize("error", [KeyError("SECRET"), RuntimeError("SECRET")], ids=repr)
def test_a_bug_tells_nothing_of_itself(error: BaseException) -> None:
    """An unexpected error is a 500 with the request's id and none of its own text."""
    problem = problem_of(error, "abc12345")
    assert problem.status == 500
    assert "abc12345" in problem.detail
    assert "SECRET" not in problem.model_dump_json()


def test_a_refusal_is_said_in_the_language_that_is_asked_for(person: Any) -> None:
    """What a learner may meet on a page; programs that ask for no language read English."""
    address, learner = "/courses/alpha/steps/third", person()
    german = learner.get(address, headers={"Accept-Language": "de-AT, en;q=0.5"}).json()
    assert (
        german["detail"]
        == "Dieser Schritt ist noch gesperrt. Er öffnet sich, wenn der Schritt davor bestanden ist."
    )
    assert german["title"] == "Step locked"
    english = learner.get(address).json()
    assert english["detail"] == "This step is locked. It opens when the step before it is passed."
