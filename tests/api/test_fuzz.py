"""The whole document, fuzzed: whatever is sent, the answer is one that the document promises."""

from typing import Any

import pytest
import schemathesis
from api_course import SECRET
from api_server import Served
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from courses.api.openapi import openapi_document
from courses.api.routes import ROUTES

DOCUMENT = openapi_document(ROUTES)
KNOWN = {"course": "alpha", "chapter": "one", "step": "first", "slot": "first"}


def load(**settings_of_it: Any) -> Any:
    config = {
        "generation": {
            "with-security-parameters": False,
            "deterministic": True,
            # Jupyter's own clients put the time into a query, so unknown parameters are ignored.
            "allow-extra-parameters": False,
        },
        "checks": {
            # A well-formed answer may still be of another kind than the checkpoint asks for.
            "positive_data_acceptance": {"expected-statuses": ["2xx", "4xx"]},
            # 413 among them: too many texts may be too many bytes first.
            "negative_data_rejection": {"expected-statuses": ["4xx"]},
        },
        **settings_of_it,
    }
    return schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig.from_dict(config))


bounded = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def send(case: Any, served: Served, client: Any) -> str:
    response = case.call_and_validate(
        base_url=served.api,
        headers={"X-XSRFToken": client.headers["X-XSRFToken"]},
        cookies=dict(client.cookies),
    )
    return response.text


@load().parametrize()
@bounded
def test_any_address(case: Any, served: Served, person: Any) -> None:
    """Addresses of nothing, and bodies of any shape: promised statuses and shapes, and no secret."""
    assert SECRET not in send(case, served, person())


@load(parameters=KNOWN).parametrize()
@bounded
@pytest.mark.parametrize("who", [{}, {"admin": True}], ids=["learner", "admin"])
def test_known_addresses(case: Any, served: Served, person: Any, who: dict[str, Any]) -> None:
    """The same at addresses where there is something, for who may see some of it and who may see all."""
    send(case, served, person(**who))
