"""Attempts at a step's checkpoint: hand one in, see how long it waits, see one's own again."""

from courses.api.registry import Route
from courses.api.wire import AttemptBody, AttemptQuery, WaitingQuery
from courses.models.views import AttemptPage, AttemptResult, WaitingView
from courses.services.list_attempts import list_attempts
from courses.services.platform import Actor, Platform
from courses.services.see_waiting import see_waiting
from courses.services.submit_attempt import Submission, submit_attempt

_ATTEMPTS = "/courses/{course}/steps/{step}/attempts"


def _submit_attempt(
    platform: Platform, actor: Actor, course: str, step: str, body: AttemptBody
) -> AttemptResult:
    submission = Submission(body.answer, body.key, body.edition, body.duration_ms)
    return submit_attempt(platform, actor, course, step, submission)


ROUTES = (
    Route(
        "submit_attempt",
        "POST",
        _ATTEMPTS,
        _submit_attempt,
        AttemptResult,
        "Answer a checkpoint; a retry with the same key gets the stored result",
        status=201,
        replayed=200,
        body=AttemptBody,
        limited=True,
    ),
    Route(
        "list_attempts",
        "GET",
        _ATTEMPTS,
        list_attempts,
        AttemptPage,
        "One's own attempts at a step, newest first",
        query=AttemptQuery,
    ),
    Route(
        "see_waiting",
        "GET",
        f"{_ATTEMPTS}/waiting",
        see_waiting,
        WaitingView,
        "How long one's own attempt, sent and not answered yet, has to wait for its turn",
        query=WaitingQuery,
    ),
)
