"""Settings of a scope, seed included, and how it is set back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fake_openai import checks, dialects, latency
from fake_openai.counting import tokens
from fake_openai.delivery.writes import Writes
from fake_openai.keeping.limits import Ledger, Limits
from fake_openai.keeping.scope import Scope
from fake_openai.keeping.settings import Settings
from fake_openai.latency import Latency
from fake_openai.scripts import script_json

from .route import Call, Field, Route
from .schemas import TEXT, ref


def _latency(value: Any) -> Latency:
    return Latency() if value is None else latency.from_json(value)


def _limits(value: Any) -> Limits:
    return Limits() if value is None else script_json.made(Limits, "limits", value)


def _writes(value: Any) -> Writes:
    if value is None:
        return Writes()
    given = {"mode": value} if isinstance(value, str) else value
    return script_json.made(Writes, "writes", given)


FIELDS = (
    Field("dialect", TEXT, "whose API it is", dialects.find),
    Field("seed", {"type": "integer"}, "of all that is drawn by chance"),
    Field(
        "latency",
        {"type": ["object", "string", "null"]},
        "of the model: an object, a profile, or a line as the command line takes it; null = none",
        _latency,
    ),
    Field(
        "writes",
        {"type": ["object", "string", "null"]},
        "borders of writes: an object or a mode; null = one write an event",
        _writes,
    ),
    Field(
        "limits",
        {"type": ["object", "null"]},
        "on requests, tokens and concurrency; null = none",
        _limits,
    ),
    Field("strict", {"type": "boolean"}, "whether what no script matches is refused"),
    Field(
        "tokenizer", TEXT, "what counts tokens: own, auto, o200k_base or cl100k_base", tokens.find
    ),
    Field(
        "models",
        {"type": ["array", "null"], "items": TEXT},
        "the models there are, and no others; null = any",
        lambda value: checks.texts("models", value),
    ),
)


def told(settings: Settings) -> dict[str, Any]:
    """Return settings as JSON."""
    return {
        "dialect": settings.dialect.name,
        "seed": settings.seed,
        "latency": settings.latency.to_json(),
        "writes": script_json.to_json(settings.writes),
        "limits": script_json.to_json(settings.limits),
        "strict": settings.strict,
        "tokenizer": settings.tokenizer.name,
        "models": None if settings.models is None else list(settings.models),
    }


def change(scope: Scope, given: Mapping[str, Any]) -> None:
    """Set what is given."""
    for name, value in given.items():
        if name == "seed":
            scope.reseed(value)
            continue
        setattr(scope.settings, name, value)
        if name == "limits":
            scope.ledger = Ledger(value)


def _show(call: Call) -> Any:
    return told(call.scope.settings)


def _change(call: Call) -> Any:
    change(call.scope, call.body)
    return told(call.scope.settings)


def _reset(call: Call) -> None:
    scopes = call.service.scopes.list() if call.body.get("all") else [call.scope]
    for scope in scopes:
        scope.clear()


ROUTES = (
    Route("GET", "/_fake/settings", "Show the settings.", _show, ref("Settings"), errors=(404,)),
    Route(
        "PATCH",
        "/_fake/settings",
        "Change settings; those not given stay. A new seed begins conversations anew.",
        _change,
        ref("Settings"),
        FIELDS,
        opens=True,
    ),
    Route(
        "POST",
        "/_fake/reset",
        "Forget scripts, faults, conversations, stored objects and the journal; settings stay.",
        _reset,
        body=(Field("all", {"type": "boolean"}, "of all scopes"),),
        status=204,
        opens=True,
    ),
)
