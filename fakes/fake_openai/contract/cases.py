"""The requests of the contract: cheap ones, each for one thing that servers do differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_openai.dialect import Dialect

_CHAT = "/chat/completions"
_ASKED = [{"role": "user", "content": "Say hello in five words."}]
_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather at a place.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
_WEATHER = [{"role": "user", "content": "What is the weather in Oslo? Use the tool."}]
_SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "greeting",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"greeting": {"type": "string"}},
            "required": ["greeting"],
            "additionalProperties": False,
        },
    },
}


@dataclass(frozen=True, slots=True)
class Case:
    """One request.

    Attributes:
        name: what it is about.
        path: below the base URL.
        body: JSON; None = there is none.
        method: HTTP method.
        key: whether the key is sent: `right`, `wrong` or `none`.
        raw: the body as bytes, in place of `body`.
    """

    name: str
    path: str = _CHAT
    body: Mapping[str, Any] | None = None
    method: str = "POST"
    key: str = "right"
    raw: bytes | None = field(default=None, repr=False)


def cases(dialect: Dialect, model: str, embedding_model: str = "") -> Iterator[Case]:
    """Yield the cases for a server of `dialect`.

    Args:
        dialect: whose contract.
        model: a chat model of the server.
        embedding_model: a model for embeddings; empty = that endpoint is left out.
    """
    yield Case("models, listed", "/models", method="GET")
    yield from _answers(model)
    yield from _refusals(model, needs_key=dialect.needs_key)
    if "completions" in dialect.serves and dialect.name != "openai":
        yield Case("completion", "/completions", {"model": model, "prompt": "Hi", "max_tokens": 5})
    if embedding_model and "embeddings" in dialect.serves:
        body = {"model": embedding_model, "input": "hello"}
        yield Case("embedding, as numbers", "/embeddings", body)
        yield Case("embedding, base64", "/embeddings", {**body, "encoding_format": "base64"})


def _answers(model: str) -> Iterator[Case]:
    base: dict[str, Any] = {"model": model, "messages": _ASKED, "max_tokens": 40}
    stream = {**base, "stream": True}
    usage = {"stream_options": {"include_usage": True}}
    tools = {**base, "messages": _WEATHER, "tools": [_TOOL], "tool_choice": "required"}
    yield Case("chat", body=base)
    yield Case("chat, streamed", body=stream)
    yield Case("chat, streamed with usage", body={**stream, **usage})
    yield Case("chat, cut by max_tokens", body={**base, "max_tokens": 1})
    yield Case("chat, cut by stop", body={**base, "stop": ["e"]})
    yield Case("chat, two choices", body={**base, "n": 2})
    yield Case("chat, two choices streamed", body={**stream, "n": 2})
    yield Case("chat, log probabilities", body={**base, "logprobs": True, "top_logprobs": 2})
    yield Case("tool call", body=tools)
    yield Case("tool call, streamed", body={**tools, "stream": True})
    yield Case("JSON by schema", body={**base, "response_format": _SCHEMA})
    yield Case("JSON by schema, streamed", body={**stream, "response_format": _SCHEMA})


def _refusals(model: str, *, needs_key: bool) -> Iterator[Case]:
    base: dict[str, Any] = {"model": model, "messages": _ASKED, "max_tokens": 5}
    if needs_key:
        yield Case("wrong key", body=base, key="wrong")
        yield Case("no key", body=base, key="none")
    yield Case("no JSON", raw=b"{")
    yield Case("no messages", body={"model": model})
    yield Case("empty messages", body={**base, "messages": []})
    yield Case("no model", body={"messages": _ASKED})
    yield Case("model that does not exist", body={**base, "model": "no-such-model-0"})
    yield Case(
        "role that does not exist", body={**base, "messages": [{"role": "x", "content": ""}]}
    )
    yield Case("wrong type", body={**base, "temperature": "hot"})
    yield Case("out of range", body={**base, "temperature": 9})
    yield Case("parameter that does not exist", body={**base, "no_such_parameter": 1})
    yield Case("path that does not exist", "/no/such/path", base)
    yield Case("wrong method", body=None, method="DELETE")
