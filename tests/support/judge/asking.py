"""Asks the fake and reads what comes, with the rules of event streams watched on the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fake_openai import Answer, FakeOpenAI, Fault
from support.openai_client import Raw, ask

from .violation import Violation

_PATIENCE = 10  # seconds for what the server does in the background
_BOUNDARY = "a-boundary-of-parts"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of a case.

    Attributes:
        path: with `/v1`; `{n}` stands for the `id` in the n-th response of the case, from 0.
        body: JSON; `{n}` is replaced in its texts, too.
        method: of the request.
        status: that is expected; 0 = any.
        form: parts of a multipart body instead: a text, or (name of a file, contents).
        key: the API key.
        state: it is sent again until the `status` in the response is this.
    """

    path: str
    body: Any = None
    method: str = "POST"
    status: int = 200
    form: Mapping[str, str | tuple[str, str]] | None = None
    key: str = "sk-test-1234567890abcdef"
    state: str = ""

    def until(self, state: str) -> Ask:
        """Return the same request, sent until the `status` in the response is `state`."""
        return replace(self, state=state)


@dataclass(frozen=True, slots=True)
class Case:
    """Requests that belong together, to a fresh server.

    Attributes:
        name: what it is about.
        asks: the requests, in order.
        answers: scripted answers; none = the server answers by itself.
        faults: one for each request.
    """

    name: str
    asks: Sequence[Ask]
    answers: Sequence[Answer] = ()
    faults: Sequence[Fault] = ()


@dataclass(slots=True)
class Told:
    """What came for one request.

    Attributes:
        ask: the request.
        path: its path, places filled in.
        raw: the response.
        body: its JSON; None in a stream and where there is none.
        events: data of the events of a stream, `[DONE]` left out.
        wrong: what breaks the rules of event streams.
    """

    ask: Ask
    path: str
    raw: Raw
    body: Any = None
    events: list[Any] = field(default_factory=list)
    wrong: list[Violation] = field(default_factory=list)

    @property
    def object(self) -> Any:
        """What was told of: the body, or the response that a stream begins with."""
        first = self.events[0] if self.events else {}
        return self.body if self.body is not None else first.get("response", first)


async def run(case: Case, **settings: Any) -> list[Told]:
    """Run a case against a server of its own, with `settings`."""
    async with FakeOpenAI(**settings) as fake:
        if case.answers:
            fake.reply(*case.answers)
        if case.faults:
            fake.fail(*case.faults)
        told: list[Told] = []
        for one in case.asks:
            before = [t.object for t in told]
            async with asyncio.timeout(_PATIENCE):
                came = await _run(fake, one, before)
                while one.state and one.state != came.body.get("status", one.state):
                    await asyncio.sleep(0.01)
                    came = await _run(fake, one, before)
            told.append(came)
        return told


async def _run(fake: FakeOpenAI, one: Ask, before: Sequence[Any]) -> Told:
    path = _filled(one.path, before)
    headers = {"Authorization": f"Bearer {one.key}" if one.key else "", "Content-Length": ""}
    if one.form is not None:
        body = _multipart(one.form)
        headers["Content-Type"] = f"multipart/form-data; boundary={_BOUNDARY}"
    else:
        body = b"" if one.body is None else _filled(json.dumps(one.body), before).encode()
        headers["Content-Type"] = "application/json"
    headers["Content-Length"] = str(len(body))
    raw = await ask(fake, body, path, method=one.method, headers=headers)
    told = Told(one, path, raw)
    assert one.status in (0, raw.status), f"{one.method} {path}: {raw.status} {raw.body[:500]!r}"
    if raw.headers["content-type"].startswith("text/event-stream"):
        _read(told)
    elif raw.headers["content-type"].startswith("application/json"):
        told.body = json.loads(raw.body)
    return told


def _filled(text: str, before: Sequence[Any]) -> str:
    for place, body in enumerate(before):
        for name, value in body.items() if isinstance(body, dict) else ():
            if isinstance(value, str):
                text = text.replace(f"{{{place}.{name}}}", value)
    return text


def _multipart(form: Mapping[str, str | tuple[str, str]]) -> bytes:
    parts = []
    for name, value in form.items():
        head, text = f'Content-Disposition: form-data; name="{name}"', value
        if isinstance(value, tuple):
            head += f'; filename="{value[0]}"\r\nContent-Type: application/octet-stream'
            text = value[1]
        parts.append(f"--{_BOUNDARY}\r\n{head}\r\n\r\n{text}\r\n")
    return ("".join(parts) + f"--{_BOUNDARY}--\r\n").encode()


def _read(told: Told) -> None:
    where = f"{told.ask.method} {told.path} stream"
    names = "/responses" in told.path
    done = False
    for block in told.raw.body.decode().split("\n\n")[:-1]:
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        if done:
            told.wrong.append(Violation("wire", where, "", "an event after [DONE]"))
        done = lines["data"] == "[DONE]"
        if done:
            continue
        data = json.loads(lines["data"])
        told.events.append(data)
        expected = data.get("type") if names else None
        if lines.get("event") != expected:
            says = f"event must be {expected}, got {lines.get('event')}"
            told.wrong.append(Violation("wire", where, "", says))
        if names and data.get("sequence_number") != len(told.events) - 1:
            told.wrong.append(Violation("wire", where, "sequence_number", "not the next"))
    if done == names:
        told.wrong.append(Violation("wire", where, "", "[DONE] must end all streams but those"))
