"""The description of the admin API, made of its routes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fake_openai import faults

from .route import Call, Field, Route
from .schemas import COMPONENTS, TEXT, ref

_REFUSALS = {
    400: "A part of the call is missing, unknown or wrong.",
    401: "The token is missing or wrong.",
    403: "A page of another site called.",
    404: "There is no such thing.",
    409: "It is there already, or cannot be deleted.",
    501: "What it needs is not installed.",
}
_SCOPE_HEADER = {
    "name": "X-Fake-Scope",
    "in": "header",
    "description": "Name of the scope that the call is about.",
    "schema": TEXT,
}
_SCOPE_QUERY = {**_SCOPE_HEADER, "name": "scope", "in": "query"}


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """Return the OpenAPI description of `routes`."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    schemas = {**COMPONENTS, "Fault": faults.schema()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fake_openai admin API",
            "version": "1",
            "description": "Drives the fake OpenAI-compatible server.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "X-Fake-Admin"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
        "security": [{}, {"token": []}, {"bearer": []}],
    }


def _operation(route: Route) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": _name(route),
        "summary": route.text,
        "parameters": [*_in_path(route), *_in_query(route)],
        "responses": {str(route.status): _success(route)},
    }
    for status in (400, 401, 403, *route.errors):
        content = {"application/json": {"schema": ref("Error")}}
        told["responses"][str(status)] = {"description": _REFUSALS[status], "content": content}
    if route.body is not None:
        content = {"application/json": {"schema": _body(route.body)}}
        required = any(one.required for one in route.body)
        told["requestBody"] = {"required": required, "content": content}
    return told


def _success(route: Route) -> dict[str, Any]:
    told: dict[str, Any] = {"description": "Done."}
    if route.gives is not None:
        told["content"] = {route.type: {"schema": route.gives}}
    elif route.type != "application/json":
        told["content"] = {route.type: {"schema": TEXT}}
    return told


def _body(members: Sequence[Field]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {one.name: {**one.schema, "description": one.text} for one in members},
    }
    required = [one.name for one in members if one.required]
    return {**told, "required": required} if required else told


def _in_path(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": TEXT}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]


def _in_query(route: Route) -> list[dict[str, Any]]:
    told = [
        {"name": one.name, "in": "query", "description": one.text, "schema": one.schema}
        for one in route.query
    ]
    return [*told, _SCOPE_QUERY, _SCOPE_HEADER] if route.scoped else told


def _name(route: Route) -> str:
    words = re.findall(r"\w+", route.path.removeprefix("/_fake"))
    if not words:
        words = ["page"] if route.path.endswith("/") else ["to_page"]
    return "_".join([route.method.lower(), *words])


def _show(_: Call) -> Any:
    from .table import ROUTES as ALL  # noqa: PLC0415 (the list of all routes holds this one)

    return document(ALL)


ROUTES = (
    Route(
        "GET",
        "/_fake/openapi.json",
        "Show this description.",
        _show,
        {"type": "object"},
        scoped=False,
    ),
)
