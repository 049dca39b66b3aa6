"""A name for each request, to find again in the log what a person saw on an error page."""

import re
from secrets import token_hex

from tornado.httputil import HTTPServerRequest

HEADER = "X-Request-Id"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id(request: HTTPServerRequest) -> str:
    """The request's name: the caller's own if it is harmless in a log, else a new one, kept with it."""
    known: str | None = getattr(request, "stepwise_id", None)
    if known is None:
        given = request.headers.get(HEADER, "")
        known = given if _ACCEPTABLE.fullmatch(given) else token_hex(8)
        request.stepwise_id = known  # type: ignore[attr-defined]  # the request is what all layers share
    return known
