"""Every refusal as an RFC 9457 problem: one table from the platform's errors to HTTP.

Refused      what HTTP itself lets the API refuse: no session, no JSON, too large, ...
everything else is an error of `courses.errors`, or a bug: that is 500, with nothing of its insides.
"""

import re
from http import HTTPStatus

from pydantic import ValidationError
from tornado import web

from courses.api.wire import Problem
from courses.errors import StepwiseError
from courses.http.statuses import STATUSES
from courses.models.phrases import Translate, phrase, said

_HTTP_DETAILS = {
    400: ("bad-request", "The server cannot read this request."),
    401: ("unauthenticated", phrase("Sign in first.")),
    403: ("forbidden", phrase("You may not do that.")),
    404: ("no-such-address", "The API has nothing at this address. See /openapi.json for what it has."),
    405: (
        "method-not-allowed",
        "This address does not take that method. The header Allow names those it takes.",
    ),
}


class Refused(web.HTTPError):
    """A request refused before any use case runs. `name` is what programs decide by."""

    def __init__(self, status: int, name: str = "", detail: str = "", field: str | None = None) -> None:
        known_name, known_detail = _HTTP_DETAILS.get(status, ("", ""))
        self.name, self.detail, self.field = name or known_name, detail or known_detail, field
        super().__init__(status, self.detail)


def invalid(error: ValidationError, descriptions: dict[str, str]) -> Refused:
    """The first thing wrong with a body or a query: its field, and what belongs there.

    `descriptions` says for each field what it takes. Nothing that was sent is repeated.
    """
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return Refused(400, "malformed-json", "The body is not JSON in UTF-8.")
    if not first["loc"]:
        return Refused(422, "rejected", "The body has to be a JSON object.")
    field = str(first["loc"][0])
    match first["type"]:
        case "missing":
            detail = f"“{field}” is missing: {descriptions[field]}."
        case "extra_forbidden":
            field = "body"
            detail = f"There is a field too many. The body takes: {', '.join(descriptions)}."
        case _:
            detail = f"“{field}” takes: {descriptions[field]}."
    return Refused(422, "rejected", detail, field)


def problem_of(error: BaseException, request_id: str, translate: Translate = lambda text: text) -> Problem:
    """What to tell the client about `error`, whatever it is."""
    match error:
        case StepwiseError():
            status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
            name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
            detail = error.words
        case Refused():
            status, name, detail = HTTPStatus(error.status_code), error.name, error.detail
        case web.HTTPError() if error.status_code in _HTTP_DETAILS:
            status = HTTPStatus(error.status_code)
            name, detail = _HTTP_DETAILS[error.status_code]
        case _:
            status, name = HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error"
            detail = phrase(
                "Something went wrong on the server. Its log has more, under {request}.", request=request_id
            )
    return Problem(
        type=f"urn:stepwise:{name}",
        title=name.replace("-", " ").capitalize(),
        status=status,
        detail=said(detail, translate),
        request_id=request_id,
        field=getattr(error, "field", None),
        step=getattr(error, "step", None),
        retry_after=getattr(error, "retry_after", None),
    )
