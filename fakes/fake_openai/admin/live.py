"""The live feed: requests and the writes of their responses, as server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

from aiohttp import web

from fake_openai.clocks.clock import Clock
from fake_openai.keeping.journal import Received
from fake_openai.keeping.scope import Scope

from .journal import told, write_told
from .route import Call, Field, Route
from .scopes import told as scope_told

_EVERY = 0.1  # seconds
_ALIVE = 15.0  # seconds
_WRITES_AT_ONCE = 500


class Watch:
    """What is new in scopes since it was last looked at."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[Any, ...]] = {}
        self._writes: dict[int, int] = {}

    def news(self, scopes: Sequence[Scope]) -> Iterator[tuple[str, Any]]:
        """Yield the events that tell what is new: `request` and `writes`."""
        present: set[int] = set()
        for scope in scopes:
            for request in scope.journal.list():
                present.add(request.number)
                yield from self._news_of(request)
        for number in self._seen.keys() - present:
            del self._seen[number]
            self._writes.pop(number, None)
            yield "forgotten", {"number": number}

    def _news_of(self, request: Received) -> Iterator[tuple[str, Any]]:
        number = request.number
        state = (request.status, request.bytes_sent, request.ended, len(request.faults))
        if self._seen.get(number) == state:
            return
        self._seen[number] = state
        yield "request", told(request)
        begin = self._writes.get(number, 0)
        writes = list(request.tape.since(begin))
        self._writes[number] = begin + len(writes)
        for at in range(0, len(writes), _WRITES_AT_ONCE):
            some = writes[at : at + _WRITES_AT_ONCE]
            yield "writes", {"number": number, "writes": [write_told(one) for one in some]}


async def _feed(call: Call) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(call.request)
    watch, silent = Watch(), 0.0
    scripts: Any = None
    while True:
        scopes = call.service.scopes.list() if call.query.get("all") else [call.scope]
        events = list(watch.news(scopes))
        now = [_scripts(call, scope) for scope in scopes]
        if now != scripts:
            scripts = now
            events.append(("scopes", {"scopes": now}))
        silent = 0.0 if events else silent + _EVERY
        if events or silent >= _ALIVE:
            silent = 0.0
            await response.write(b"".join(map(_event, events)) or b": alive\n\n")
        await _pause(call.service.clock)


async def _pause(clock: Clock) -> None:
    if type(clock) is Clock:
        await asyncio.sleep(_EVERY)
    else:  # time that leaps would leap for this, and that of tests is none of ours
        await asyncio.to_thread(time.sleep, _EVERY)


def _scripts(call: Call, scope: Scope) -> dict[str, Any]:
    desk = scope.desk
    return {
        **scope_told(call.service, scope),
        "replies": [str(rule) for rule in desk.answers.list()],
        "faults": [str(rule) for rule in desk.faults.list()],
        "plan": desk.plan is not None,
    }


def _event(event: tuple[str, Any]) -> bytes:
    name, data = event
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


ROUTES = (
    Route(
        "GET",
        "/_fake/live",
        "Follow requests and the writes of their responses: server-sent events `request`, `writes`,"
        " `scopes` and `forgotten`, what there is already first.",
        _feed,
        query=(Field("all", {"type": "boolean"}, "of all scopes"),),
        type="text/event-stream",
        errors=(404,),
    ),
)
