import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sayagain.web.endpoints import ENDPOINTS
from sayagain.web.openapi import openapi

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]


def test_every_endpoint_and_type_is_described(home):
    document = home.client.get("/openapi.json").json()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(each.method, each.path) for each in ENDPOINTS}
    names = [each["operationId"] for methods in document["paths"].values() for each in methods.values()]
    assert len(set(names)) == len(ENDPOINTS)
    under_way = document["components"]["schemas"]["PendingTurn"]
    assert under_way["required"] == ["request"]
    decided = document["components"]["schemas"]["TurnDecision"]
    assert set(decided["required"]) == {"turn_id", "heard", "text", "why"}


@pytest.mark.parametrize("name", [each.name for each in ENDPOINTS if each.name not in {"promote", "rollback"}])
def test_what_is_answered_is_what_the_document_says(home, name):
    """Requests made from the document, right and wrong ones: no answer may be one that it does not name."""
    schema = schemathesis.openapi.from_dict(openapi(ENDPOINTS)).include(operation_id=name)
    (operation,) = (each.ok() for each in schema.get_all_operations())

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(operation.as_strategy())
    def asked(case):
        sent = case.as_transport_kwargs(base_url=str(home.client.base_url))
        del sent["cookies"]
        case.validate_response(home.client.request(**sent), checks=CHECKS)

    asked()
