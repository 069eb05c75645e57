"""Where calls of the admin API come in: who may, which route, which scope."""

from __future__ import annotations

import hmac
import inspect
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from fake_openai import nearest
from fake_openai.fault import plain
from fake_openai.front import connections
from fake_openai.front.routes import bearer
from fake_openai.keeping.scope import Scope
from fake_openai.keeping.scopes import HEADER

from .route import Call, Field, Refused, Route, read
from .table import ROUTES

if TYPE_CHECKING:
    from fake_openai.front.service import Service

TOKEN_HEADER = "X-Fake-Admin"  # noqa: S105 (the name of a header)
_PARAM = re.compile(r"\{(\w+)\}")
_SCOPE = Field("scope", {"type": "string"}, "name of the scope; a header or a key may name it, too")


async def serve(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """Answer a call; none of it is in the journal."""
    try:
        route, params = _find(request)
        if not route.open:
            _admit(service, request)
        return await _serve(service, request, route, params)
    except Refused as refused:
        error = {"message": refused.message, "param": refused.param}
        return _json({"error": error}, refused.status)


async def _serve(
    service: Service, request: web.BaseRequest, route: Route, params: Mapping[str, str]
) -> web.StreamResponse:
    query = _query(request, route)
    scope = _scope(service, request, query, opens=route.opens)
    body = {} if route.body is None else read("body", route.body, await _body(request))
    call = Call(service, scope, params, query, body, request)
    told = route.serve(call)
    if inspect.isawaitable(told):
        told = await told
    if isinstance(told, web.StreamResponse):
        return told
    if told is None:
        return web.Response(status=204)
    return _json(told, route.status)


def _find(request: web.BaseRequest) -> tuple[Route, Mapping[str, str]]:
    path = request.rel_url.raw_path
    allowed = []
    for pattern, route in _patterns():
        found = pattern.fullmatch(path)
        if found is None:
            continue
        if route.method == request.method:
            return route, {name: unquote(value) for name, value in found.groupdict().items()}
        allowed.append(route.method)
    if allowed:
        raise Refused(405, f"{request.method} is not allowed here, but {' and '.join(allowed)}")
    raise Refused(404, str(nearest.unknown("path", path, [route.path for route in ROUTES])))


@lru_cache
def _patterns() -> list[tuple[re.Pattern[str], Route]]:
    return [
        (re.compile(_PARAM.sub(lambda param: f"(?P<{param[1]}>[^/]+)", route.path)), route)
        for route in ROUTES
    ]


def _admit(service: Service, request: web.BaseRequest) -> None:
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        raise Refused(403, "a page of another site may not drive the fake")
    token = service.admin_token
    if token is None:
        return
    came = request.headers.get(TOKEN_HEADER) or bearer(request.headers)
    if not hmac.compare_digest(came.encode("utf-8", "replace"), token.encode("utf-8", "replace")):
        raise Refused(
            401, f"the admin API wants its token: {TOKEN_HEADER} or Authorization: Bearer"
        )


def _query(request: web.BaseRequest, route: Route) -> dict[str, Any]:
    given: dict[str, Any] = {}
    known = [*route.query, *([_SCOPE] if route.scoped else [])]
    schemas = {one.name: one.schema for one in known}
    for name, value in parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True):
        given[name] = _from_text(value, schemas.get(name, {}).get("type"), given.get(name))
    return read("query", known, given)


def _from_text(value: str, kind: Any, before: Any) -> Any:
    if kind == "array":
        return [*(before or []), *(value.split(",") if value else [])]
    if kind == "integer" and re.fullmatch(r"-?\d{1,18}", value):
        return int(value)
    if kind == "boolean" and value in {"", "true", "1", "false", "0"}:
        return value in {"", "true", "1"}
    return value


def _scope(
    service: Service, request: web.BaseRequest, query: Mapping[str, Any], *, opens: bool
) -> Scope:
    scopes = service.scopes
    name = query.get("scope") or request.headers.get(HEADER)
    if name is None:
        return scopes.find({}, service.key_from(request))
    try:
        found = scopes.open(name) if opens else scopes.get(name)
    except ValueError as error:
        raise Refused(400, str(error), "scope") from None
    if found is None:
        names = [scope.name for scope in scopes.list()]
        raise Refused(404, str(nearest.unknown("scope", name, names)), "scope")
    return found


async def _body(request: web.BaseRequest) -> Any:
    try:
        raw = await connections.body(request)
    except connections.Unreadable as error:
        raise Refused(413 if error.too_large else 400, str(error)) from None
    if not raw.strip():
        return {}
    try:
        return json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is no JSON: {error}") from None


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def _json(value: Any, status: int) -> web.Response:
    body = json.dumps(plain(value), ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"
    return web.Response(status=status, body=body, content_type="application/json")
