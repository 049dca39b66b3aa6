"""Attempts at a step's checkpoint: hand one in, see one's own again."""

from courses.api.registry import Route
from courses.api.wire import AttemptBody, AttemptQuery
from courses.models.views import AttemptPage, AttemptResult
from courses.services.list_attempts import list_attempts
from courses.services.platform import Actor, Platform
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
)
