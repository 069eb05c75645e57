"""Requests that prove a claim."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from support.judge.asking import Ask, Case, Told, run

from .claim import Claim, Endpoint

_QUERY = {"integer": "some", "boolean": "perhaps"}
_REFUSED = 400
_CHECKED = ("echoed", "no effect")


async def against_the_effect(endpoint: Endpoint, name: str, claim: Claim) -> list[str]:
    """Return what speaks against the effect that `claim` tells; empty = it is proved."""
    given = await told(endpoint, name, claim, claim.value)
    if claim.does == "refused":
        return _against_the_refusal(name, given)
    # What is not kept is refused when it is asked for, and that may be the effect.
    if given.raw.status >= _REFUSED and not claim.after:
        return [f"expected an answer, got {given.raw.body.decode()}"]
    bare = await told(endpoint, name, claim)
    if claim.shows is not None:
        found = [] if _shows(claim, given) else ["the effect does not show"]
        return [*found, *(["it shows without the parameter, too"] if _shows(claim, bare) else [])]
    if claim.does == "no effect":
        return [] if _same(given, bare) else ["the answer is another with it"]
    again = await told(endpoint, name, claim, claim.value)
    found = ["the answer is the same without it"] if _same(given, bare) else []
    return found if _same(given, again) else [*found, "the answer is another each time"]


async def against_the_check(endpoint: Endpoint, name: str, claim: Claim, type: str) -> list[str]:
    """Return what speaks against it that a wrong value is refused; empty = it is."""
    wrong = wrong_value(endpoint, claim, type)
    if wrong is None:
        return ["nothing shows that it is checked"] if claim.does in _CHECKED else []
    return _against_the_refusal(name, await told(endpoint, name, replace(claim, after=()), wrong))


def _against_the_refusal(name: str, came: Told) -> list[str]:
    if came.raw.status < _REFUSED:
        return [f"expected a refusal, got status {came.raw.status}"]
    param = came.body["error"]["param"]
    same = re.split(r"\W", param or "")[0] == re.split(r"\W", name)[0]
    return [] if same else [f"expected the refusal of {name}, got {came.raw.body.decode()}"]


def _shows(claim: Claim, came: Told) -> bool:
    assert claim.shows is not None
    try:
        return claim.shows(came)
    except (KeyError, IndexError, TypeError, AttributeError):
        return False


def _same(one: Told, other: Told) -> bool:
    said, other_said = ([told.body, *told.events] for told in (one, other))
    return bool(_without_chance(said) == _without_chance(other_said))


def _without_chance(body: Any) -> Any:
    """Leave out ids and times."""
    if isinstance(body, list):
        return [_without_chance(entry) for entry in body]
    if isinstance(body, dict):
        chance = ("id", "call_id", "created", "created_at")
        return {k: _without_chance(v) for k, v in body.items() if k not in chance}
    return body


async def told(endpoint: Endpoint, name: str, claim: Claim, *value: Any) -> Told:
    """Return what comes for the request of `claim`, with `value` for its parameter or without."""
    base = without(endpoint.base, name) if claim.required else endpoint.base
    given = {name: value[0]} if value else {}
    values = {**claim.beside, **given}
    asks = [with_values(base, values, in_query=claim.in_query), *claim.after]
    asks = [*endpoint.before, *(replace(ask, status=0) for ask in asks)]
    return (await run(Case(endpoint.name, asks, claim.answers)))[-1]


def wrong_value(endpoint: Endpoint, claim: Claim, type: str) -> Any:
    """Return a value of the wrong type; None if there is no such value."""
    if claim.wrong is not None:
        return claim.wrong
    if endpoint.base.method == "GET" or endpoint.base.form is not None:
        return _QUERY.get(type)  # text is all there can be
    if "object" not in type:
        return {"wrong": True}
    return True if "boolean" not in type else "wrong"


def with_values(ask: Ask, values: Mapping[str, Any], *, in_query: bool = False) -> Ask:
    """Return `ask` with parameters: in its body, its form or its query."""
    if ask.form is not None:
        return replace(ask, form={**ask.form, **_in_brackets(values)})
    if ask.method == "GET" or in_query:
        named = {name: _text(value) for name, value in _in_brackets(values).items()}
        query = urlencode(named, safe="{}[]")
        return replace(ask, path=f"{ask.path}?{query}" if query else ask.path)
    body = ask.body
    for name, value in values.items():
        body = _with_value(body, name, value)
    return replace(ask, body=body)


def _with_value(body: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    first, dot, rest = name.partition(".")
    if not dot:
        return {**body, first: value}
    return {**body, first: _with_value(body.get(first) or {}, rest, value)}


def without(ask: Ask, name: str) -> Ask:
    """Return `ask` without a parameter of its body or its form."""
    if ask.form is not None:
        return replace(ask, form={key: one for key, one in ask.form.items() if key != name})
    return replace(ask, body={key: one for key, one in ask.body.items() if key != name})


def _in_brackets(values: Mapping[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for name, value in values.items():
        first, *rest = name.split(".")
        key = first + "".join(f"[{part}]" for part in rest)
        if isinstance(value, dict):
            named |= {f"{key}[{member}]": one for member, one in value.items()}
        else:
            named[key] = value
    return named


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
