"""Runs the contract against a server and compares it with the fake."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp

from fake_openai.dialect import Dialect
from fake_openai.server import FakeOpenAI

from .cases import Case, cases
from .form import Response, form, written

_OWN_KEY = "sk-contract-0123456789abcdef"
_WRONG_KEY = "sk-wrong-key-0123456789abcdef"
_REMOVED = "(removed)"


class Unreachable(Exception):
    """The server did not answer at all."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a response that is not as the fake has it.

    Attributes:
        part: which.
        expected: what the fake has.
        got: what the server has.
    """

    part: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case that was run.

    Attributes:
        case: the case.
        differences: empty if the server answers as the fake does.
    """

    case: Case
    differences: list[Difference] = field(default_factory=list)


async def compare(
    base_url: str,
    dialect: Dialect,
    *,
    key: str,
    model: str,
    embedding_model: str = "",
    only: str = "",
    seconds: float = 60.0,
) -> AsyncIterator[Outcome]:
    """Yield the outcome of each case, one after another.

    Args:
        base_url: of the server, as clients want it.
        dialect: as which it should answer.
        key: for the server; it goes nowhere else.
        model: a chat model of the server.
        embedding_model: a model for embeddings; empty = that endpoint is left out.
        only: run the cases with this text in their name.
        seconds: for one answer at most.

    Raises:
        Unreachable: the server cannot be reached.
    """
    root = base_url.rstrip("/")
    limit = aiohttp.ClientTimeout(total=seconds)
    async with (
        FakeOpenAI(dialect.name, api_keys=[_OWN_KEY] if dialect.needs_key else None) as fake,
        aiohttp.ClientSession(timeout=limit, headers={"Accept-Encoding": "identity"}) as session,
    ):
        for case in cases(dialect, model, embedding_model):
            if only not in case.name:
                continue
            expected = await _ask(session, fake.base_url, case, _OWN_KEY)
            got = await _ask(session, root, case, key)
            yield Outcome(case, list(_differences(expected, got, key)))


async def _ask(session: aiohttp.ClientSession, root: str, case: Case, key: str) -> Response:
    sent = {"right": key, "wrong": _WRONG_KEY, "none": ""}[case.key]
    headers = {"Authorization": f"Bearer {sent}"} if sent else {}
    if case.raw is not None:
        headers["Content-Type"] = "application/json"
    url = root + case.path
    try:
        async with session.request(
            case.method,
            url,
            json=case.body if case.raw is None else None,
            data=case.raw,
            headers=headers,
            allow_redirects=False,
        ) as response:
            told = {name.lower(): value for name, value in response.headers.items()}
            try:
                body = await response.read()
            except (aiohttp.ClientError, TimeoutError) as error:
                return Response(response.status, told, b"", f"broken: {type(error).__name__}")
            return Response(response.status, told, body)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unreachable(f"{case.method} {url}: {type(error).__name__}: {error}") from error


def _differences(expected: Response, got: Response, key: str) -> list[Difference]:
    wanted, came = form(expected), form(got)
    found: list[Difference] = []
    for part in dict.fromkeys((*wanted, *came)):
        one, other = (written(it.get(part, "(nothing)")) for it in (wanted, came))
        if one != other and part == "events" and part in wanted and part in came:
            found += _in_events(wanted[part], came[part])
        elif one != other:
            found.append(Difference(part, one, other.replace(key, _REMOVED) if key else other))
    return found


def _in_events(wanted: list[object], came: list[object]) -> list[Difference]:
    one, other = [written(event) for event in wanted], [written(event) for event in came]
    missing = [event for event in one if event not in other]
    more = [event for event in other if event not in one]
    found: list[Difference] = []
    for number in range(max(len(missing), len(more))):
        pair = [(row[number] if number < len(row) else "(nothing)") for row in (missing, more)]
        found.append(Difference("an event", *pair))
    return found or [Difference("order of events", " > ".join(one), " > ".join(other))]
