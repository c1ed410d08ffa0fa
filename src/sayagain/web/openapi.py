"""The OpenAPI document, generated from the endpoints and the types of their bodies and answers."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec

import sayagain
from sayagain.web.endpoint import JSON, Endpoint, Parameter
from sayagain.web.problem import PROBLEM_JSON, Problem

__all__ = ["openapi"]

_SHARED = (400, 401, 403, 421, 422, 429, 500, 503)
"""Error statuses of every endpoint that requires a token."""

_WITH_BODY = (413, 415)


def openapi(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the endpoints.

    >>> from sayagain.web.endpoints import ENDPOINTS
    >>> sorted(openapi(ENDPOINTS)["paths"])[:3]
    ['/healthz', '/metrics', '/readyz']
    """
    declared = list(endpoints)
    bodies_of = [endpoint.body for endpoint in declared if endpoint.body is not None]
    types = [*(endpoint.answer for endpoint in declared), *bodies_of, Problem]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    answers = schemas[: len(declared)]
    bodies = iter(schemas[len(declared) : -1])
    paths: dict[str, Any] = {}
    for endpoint, answer in zip(declared, answers, strict=True):
        body = next(bodies) if endpoint.body is not None else None
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, answer, body, schemas[-1])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "sayagain",
            "version": sayagain.__version__,
            "description": "Decides on requests, stores turns and feedback, and shows what was learnt.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Created by `sayagain token create`; required once a token exists.",
                }
            },
        },
    }


def _operation(endpoint: Endpoint, answer: Any, body: Any, problem: Any) -> dict[str, Any]:  # noqa: ANN401  (schemas)
    statuses = {*endpoint.refusals, *((*_SHARED, *_WITH_BODY) if body is not None else _SHARED)}
    if endpoint.scope is None:
        statuses -= {401, 403, 421, 429}
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.about,
        "responses": {
            "200": {"description": "Success.", "content": {endpoint.media_type: {"schema": answer}}},
            **{
                str(status): {
                    "description": HTTPStatus(status).phrase,
                    "content": {PROBLEM_JSON: {"schema": problem}},
                }
                for status in sorted(statuses)
            },
        },
    }
    if endpoint.scope is not None:
        # No token is required while none exists.
        operation["security"] = [{"token": []}, {}]
        operation["description"] = f"Requires a token with the scope `{endpoint.scope}`."
    if endpoint.parameters:
        operation["parameters"] = [_parameter(parameter) for parameter in endpoint.parameters]
    if body is not None:
        operation["requestBody"] = {"required": endpoint.body_required, "content": {JSON: {"schema": body}}}
    return operation


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = msgspec.json.schema(parameter.type)
    required = parameter.default is ...
    if not required:
        schema["default"] = parameter.default
    return {
        "name": parameter.name,
        "in": parameter.where,
        "required": required,
        "description": parameter.about,
        "schema": schema,
    }
