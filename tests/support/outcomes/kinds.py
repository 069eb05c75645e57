"""The kinds of answers: what is asked for, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_openai import Answer, tool_call

_PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "day": {"type": "string"}},
    "required": ["city", "day"],
    "additionalProperties": False,
}
_TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": _PARAMETERS}}]
_OSLO = tool_call("weather", city="Oslo", day="the day after")
_ROME = tool_call("weather", city="Rome", day="the day before")
_TEXT = "Once upon a time there was a stream that broke."
_JSON = {"city": "Oslo", "day": "today"}


@dataclass(frozen=True)
class Kind:
    """One kind of answers.

    Attributes:
        name: as the page says it.
        about: the part of a delta that a fault in its middle strikes.
        answer: the true one.
        asked: what is asked for, in words.
        middle: where the middle of it is, in words.
        body: what is asked for beside model and messages.
        endpoint: "chat" or "responses".
        background: whether responses may be put into the background.
        dialects: those that know it; "" = all.
    """

    name: str
    about: str
    answer: Answer = field(hash=False)
    asked: str
    middle: str
    body: Mapping[str, Any] = field(default_factory=dict, hash=False)
    endpoint: str = "chat"
    background: bool = False
    dialects: str = ""

    def is_known_to(self, dialect: str) -> bool:
        """Say whether a dialect can be asked for it."""
        return not self.dialects or dialect in self.dialects.split()


_RESPONDING = "openai azure deepseek openrouter"
_SCHEMA = {"name": "weather", "strict": True, "schema": _PARAMETERS}

KINDS: tuple[Kind, ...] = (
    Kind("text", "text", Answer(_TEXT), "nothing else", "amid the text"),
    Kind(
        "reasoning",
        "reasoning",
        Answer(_TEXT, reasoning="Let me think of a tale."),
        "a model that reasons",
        "amid the reasoning; where none is shown (`openai`, `azure`), amid the text",
    ),
    Kind(
        "one tool",
        "call",
        Answer(tool_calls=[_OSLO]),
        "`tools`; the answer is a call and no text",
        "amid the arguments; before the call, where calls come whole (`groq`, `mistral`, `ollama`)",
        {"tools": _TOOLS},
    ),
    Kind(
        "parallel tools",
        "last call",
        Answer(tool_calls=[_OSLO, _ROME]),
        "`tools`; the answer is two calls",
        "amid the arguments of the second; before both, where calls come whole",
        {"tools": _TOOLS},
    ),
    Kind(
        "json",
        "text",
        Answer(json.dumps(_JSON, indent=1)),
        "`response_format` of type `json_object`",
        "amid the JSON",
        {"response_format": {"type": "json_object"}},
    ),
    Kind(
        "json_schema",
        "text",
        Answer(json.dumps(_JSON, indent=1)),
        "`response_format` of type `json_schema`",
        "amid the JSON",
        {"response_format": {"type": "json_schema", "json_schema": _SCHEMA}},
    ),
    Kind("n=2", "text", Answer(_TEXT), "two choices", "amid both texts", {"n": 2}),
    Kind(
        "logprobs",
        "text",
        Answer(_TEXT),
        "`logprobs` and `top_logprobs`",
        "amid the text",
        {"logprobs": True, "top_logprobs": 2},
    ),
    Kind(
        "response",
        "text",
        Answer(_TEXT),
        "a text, of the Responses API (`openai`, `azure`, `deepseek`, `openrouter`)",
        "amid the text",
        endpoint="responses",
        dialects=_RESPONDING,
    ),
    Kind(
        "kept response",
        "text",
        Answer(_TEXT),
        "the same with `Retries(background=True)`, so that the server keeps it",
        "amid the text",
        endpoint="responses",
        background=True,
        dialects=_RESPONDING,
    ),
)
