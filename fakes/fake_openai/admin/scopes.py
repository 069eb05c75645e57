"""Scopes: one for each test, made, listed and deleted."""

from __future__ import annotations

from typing import Any

from fake_openai import nearest
from fake_openai.front.service import Service
from fake_openai.keeping.scope import Scope
from fake_openai.keeping.scopes import DEFAULT, check_name, key_of

from . import settings
from .route import Call, Field, Refused, Route
from .schemas import listed, ref


def told(service: Service, scope: Scope) -> dict[str, Any]:
    """Return a scope as JSON."""
    return {
        "name": scope.name,
        "api_key": "" if scope.name == DEFAULT else key_of(scope.name),
        "headers": service.scopes.headers(scope),
        "settings": settings.told(scope.settings),
        "requests": len(scope.journal.list()),
    }


def _listing(call: Call) -> Any:
    return {"scopes": [told(call.service, scope) for scope in call.service.scopes.list()]}


def _create(call: Call) -> Any:
    scopes, given = call.service.scopes, dict(call.body)
    name = given.pop("name", None) or scopes.new_name()
    if scopes.get(name) is not None:
        raise Refused(409, f"there is a scope {name!r} already", "name")
    scope = scopes.open(name)
    settings.change(scope, given)
    return told(call.service, scope)


def _one(call: Call) -> Any:
    return told(call.service, _named(call))


def _delete(call: Call) -> None:
    name = call.params["name"]
    if name == DEFAULT:
        raise Refused(409, "the scope of the server itself cannot be deleted; reset it", "name")
    _named(call)
    call.service.scopes.delete(name)


def _named(call: Call) -> Scope:
    name, scopes = call.params["name"], call.service.scopes
    scope = scopes.get(name)
    if scope is None:
        names = [one.name for one in scopes.list()]
        raise Refused(404, str(nearest.unknown("scope", name, names)), "name")
    return scope


def _name(value: str | None) -> str | None:
    if value is not None:
        check_name(value)
    return value


_NAME = Field(
    "name",
    {"type": ["string", "null"]},
    "1 to 200 printable ASCII characters; one is made up if none",
    _name,
)

ROUTES = (
    Route(
        "GET",
        "/_fake/scopes",
        "List the scopes; the first is that of the server itself.",
        _listing,
        listed("scopes", ref("Scope")),
        scoped=False,
    ),
    Route(
        "POST",
        "/_fake/scopes",
        "Make a scope; it begins with the settings of the server.",
        _create,
        ref("Scope"),
        (_NAME, *settings.FIELDS),
        status=201,
        scoped=False,
        errors=(409,),
    ),
    Route(
        "GET",
        "/_fake/scopes/{name}",
        "Show a scope.",
        _one,
        ref("Scope"),
        scoped=False,
        errors=(404,),
    ),
    Route(
        "DELETE",
        "/_fake/scopes/{name}",
        "Delete a scope with all that is in it; its key is refused from then on.",
        _delete,
        status=204,
        scoped=False,
        errors=(404, 409),
    ),
)
