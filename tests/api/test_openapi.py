"""The document that clients are made from."""

from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from courses.api.routes import ROUTES


def test_is_valid(document: dict[str, Any]) -> None:
    """The served document is OpenAPI 3.1."""
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


def test_holds_every_route(document: dict[str, Any]) -> None:
    """Every route is in it under its name, and it has nothing else."""
    operations = {
        (operation["operationId"], method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert operations == {(route.name, route.method, route.path) for route in ROUTES}


def test_names_the_server(document: dict[str, Any]) -> None:
    """Paths begin below the server's base address, wherever that is."""
    assert document["servers"] == [{"url": "/school/stepwise/api/v1"}]


def test_bodies_forbid_what_they_do_not_know(document: dict[str, Any]) -> None:
    """A client can see from the schema that a misspelt field will be refused."""
    bodies = [schema for name, schema in document["components"]["schemas"].items() if name.endswith("Body")]
    assert bodies
    assert all(schema["additionalProperties"] is False for schema in bodies)
