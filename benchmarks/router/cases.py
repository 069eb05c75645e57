"""The cases: what the model says, and what breaks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_openai import (
    Answer,
    BrokenJSON,
    CleanEnd,
    Cut,
    ErrorEvent,
    Fault,
    Reset,
    Stall,
    ToolCall,
)

MESSAGES = [{"role": "user", "content": "Tell me of the sea, in JSON if you are asked for it."}]
_TEXT = Answer("The sea is wide, and every wave of it has come a long way to be here.")
_CALL = Answer(tool_calls=[ToolCall("sail", {"port": "Bergen", "knots": "12", "crew": "nine"})])
_THOUGHT = Answer("It is deep.", reasoning="They ask of the sea. Say how deep it is, and no more.")
_JSON = Answer('{"name": "sea", "depth": 3688, "salt": true, "waves": ["long", "short"]}')
_TOOL = {
    "type": "function",
    "function": {
        "name": "sail",
        "parameters": {
            "type": "object",
            "properties": {n: {"type": "string"} for n in ("port", "knots", "crew")},
        },
    },
}


@dataclass(frozen=True)
class Case:
    """One way to break.

    Attributes:
        name: in the table.
        first: faults of the endpoint that is asked first, request by request.
        second: faults of the other one, where there is another one.
        answer: the true answer, which both give.
        body: what is asked for beside model and messages.
        alone: there is one endpoint and no other.
        blocks: the caller has no event loop.
        bare: the call is made without a router, with the retries of the call itself.
    """

    name: str
    first: Sequence[Fault]
    second: Sequence[Fault] = ()
    answer: Answer = _TEXT
    body: Mapping[str, Any] = field(default_factory=dict)
    alone: bool = False
    blocks: bool = False
    bare: bool = False


CASES = (
    Case("cut", [Cut(after=6)]),
    Case("reset", [Reset(after=6)]),
    Case("clean end", [CleanEnd(after=6)]),
    Case("error event", [ErrorEvent(after=6)]),
    Case("broken JSON", [BrokenJSON(after=6)]),
    Case("stall", [Stall(after=6)]),
    Case("no first token", [Stall(after=0)]),
    Case("comments only", [Stall(after=0, comments=True, every=0.05)]),
    Case("two cuts in a row", [Cut(after=6), Cut(after=4)], [Cut(after=4)]),
    Case("same endpoint only", [Cut(after=6)], alone=True),
    Case("torn tool call", [Cut(after=5)], answer=_CALL, body={"tools": [_TOOL]}),
    Case("torn reasoning", [Cut(after=5)], answer=_THOUGHT),
    Case(
        "JSON mode",
        [Cut(after=8)],
        answer=_JSON,
        body={"response_format": {"type": "json_object"}},
    ),
    Case("synchronous call", [Cut(after=6)], blocks=True),
    Case("plain call without router", [Cut(after=6)], alone=True, bare=True),
)
