"""The OpenAPI 3.1 document of a set of routes."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from courses.api.registry import Route
from courses.api.wire import Problem

Json = dict[str, Any]
SESSION = "stepwise-host-port"
"""The cookie of a session, as the document calls it."""
_REF = "#/components/schemas/{model}"
_COMMON = (400, 401, 403, 404, 500)


def openapi_document(routes: Sequence[Route]) -> Json:
    """All of the document but `servers`, which is where it will be served."""
    outputs, schemas = _schemas(routes)
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, outputs[route.name])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Stepwise",
            "version": "1",
            "description": "Courses, steps, attempts and progress. Every refusal is an RFC 9457 problem.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": SESSION,
                    "description": "Set by signing in on the web; host and port stand for the server's.",
                },
                "xsrf": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-XSRFToken",
                    "description": "The value of the cookie _xsrf, for every request that changes something.",
                },
            },
        },
    }


def _schemas(routes: Iterable[Route]) -> tuple[dict[str, Json], Json]:
    """The schema of each route's output by the route's name, and the components they all share."""
    routes = tuple(routes)
    wanted: list[tuple[str, Literal["validation", "serialization"], TypeAdapter[Any]]] = [
        (route.name, "serialization", route.adapter) for route in routes
    ]
    models: set[type[BaseModel]] = {Problem, *(route.body for route in routes if route.body)}
    wanted += [(model.__name__, "validation", TypeAdapter(model)) for model in models]
    by_key, shared = TypeAdapter.json_schemas(wanted, ref_template=_REF)
    outputs = {route.name: by_key[route.name, "serialization"] for route in routes}
    return outputs, dict(sorted(shared["$defs"].items()))


def _operation(route: Route, output: Json) -> Json:
    operation: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.resource],
        "parameters": [*_path_parameters(route), *_query_parameters(route.query)],
        "responses": _responses(route, output),
        "security": [{"session": []} if route.action == "read" else {"session": [], "xsrf": []}],
    }
    if route.body:
        schema = {"$ref": _REF.format(model=route.body.__name__)}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _path_parameters(route: Route) -> Iterable[Json]:
    for name, pattern in route.places.items():
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}


def _query_parameters(query: type[BaseModel] | None) -> Iterable[Json]:
    model: Json = query.model_json_schema() if query else {"properties": {}}
    for name, schema in model["properties"].items():
        description, required = schema.pop("description"), name in model.get("required", ())
        place: Json = {"name": name, "in": "query", "required": required}
        yield {**place, "schema": schema, "description": description}


def _responses(route: Route, output: Json) -> Json:
    responses: Json = {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": output}},
        }
        for status in route.statuses
    }
    schema = {"$ref": _REF.format(model=Problem.__name__)}
    for status in _refusals(route):
        responses[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": schema}},
        }
    return responses


def _refusals(route: Route) -> list[int]:
    """The statuses of the problems that this route may answer with."""
    statuses = {*_COMMON}
    if route.places or route.query:
        statuses |= {422}
    if route.body:
        statuses |= {413, 415, 422}
    if route.action == "write":
        statuses |= {409}
    if route.limited:
        statuses |= {429, 503}
    return sorted(statuses)
