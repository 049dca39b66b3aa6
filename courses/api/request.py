"""From a request to the arguments of a use case, or to a refusal that names the part that is wrong."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from tornado.httputil import HTTPServerRequest

from courses.api.problems import Refused, invalid
from courses.api.registry import Route
from courses.models.phrases import phrase

MOST_BYTES = 1024 * 1024
"""Of a body."""


def read_request(route: Route, path: Mapping[str, str], request: HTTPServerRequest) -> dict[str, Any]:
    """Keyword arguments for `route.use_case`. Raises Refused."""
    given: dict[str, Any] = dict(path)
    for name, text in path.items():
        if not re.fullmatch(route.places[name], text) or text.endswith("\n"):
            raise Refused(
                422, "rejected", f"“{name}” in the address has to match {route.places[name]}.", name
            )
    if route.query:
        given |= _read_query(route.query, request.query_arguments).model_dump()
    if route.body:
        given["body"] = _read_body(route.body, request)
    return given


def _read_query(model: type[BaseModel], arguments: Mapping[str, list[bytes]]) -> BaseModel:
    try:
        return model.model_validate({name: values[-1] for name, values in arguments.items()})
    except ValidationError as error:
        raise invalid(error, _descriptions(model)) from error


def _read_body(model: type[BaseModel], request: HTTPServerRequest) -> BaseModel:
    if len(request.body) > MOST_BYTES:
        raise Refused(413, "too-large", phrase("The body is larger than {most} bytes.", most=MOST_BYTES))
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "wrong-content-type", "Send the body as Content-Type: application/json.")
    try:
        return model.model_validate_json(request.body)
    except ValidationError as error:
        raise invalid(error, _descriptions(model)) from error


def _descriptions(model: type[BaseModel]) -> dict[str, str]:
    return {name: field.description or "" for name, field in model.model_fields.items()}
