"""The OpenAPI document, made from the endpoints and the types of their bodies and answers."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec

import sayagain
from sayagain.web.endpoint import JSON, Endpoint, Parameter
from sayagain.web.problem import PROBLEM_JSON, Problem

__all__ = ["openapi"]

_SHARED = (400, 401, 403, 421, 422, 429, 500, 503)
"""Statuses that every endpoint behind a token may answer."""

_WITH_BODY = (413, 415)


def openapi(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Return the document (OpenAPI 3.1).

    >>> from sayagain.web.endpoints import ENDPOINTS
    >>> sorted(openapi(ENDPOINTS)["paths"])[:3]
    ['/healthz', '/metrics', '/readyz']
    """
    every = list(endpoints)
    types = [each.answer for each in every] + [each.body for each in every if each.body is not None] + [Problem]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    answers = schemas[: len(every)]
    bodies = iter(schemas[len(every) : -1])
    paths: dict[str, Any] = {}
    for endpoint, answer in zip(every, answers, strict=True):
        body = next(bodies) if endpoint.body is not None else None
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, answer, body, schemas[-1])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "sayagain",
            "version": sayagain.__version__,
            "description": "Decides what to pass on for a request, takes in turns, and shows what was learnt.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by `sayagain token create`; needed as soon as there is one.",
                }
            },
        },
    }


def _operation(endpoint: Endpoint, answer: Any, body: Any, problem: Any) -> dict[str, Any]:  # noqa: ANN401  (schemas)
    statuses = {*endpoint.refusals, *((*_SHARED, *_WITH_BODY) if body is not None else _SHARED)}
    if endpoint.scope is None:
        statuses -= {401, 403, 421, 429}
    made: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.about,
        "responses": {
            "200": {"description": "Done.", "content": {endpoint.media_type: {"schema": answer}}},
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
        # Nothing is needed while there is no token at all.
        made["security"] = [{"token": []}, {}]
        made["description"] = f"Needs a token with the scope `{endpoint.scope}`."
    if endpoint.parameters:
        made["parameters"] = [_parameter(each) for each in endpoint.parameters]
    if body is not None:
        made["requestBody"] = {"required": endpoint.body_required, "content": {JSON: {"schema": body}}}
    return made


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
