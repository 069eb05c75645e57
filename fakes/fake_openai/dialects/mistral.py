"""Mistral."""

from __future__ import annotations

from fake_openai.counting import usage
from fake_openai.dialect import Continuation, Dialect

from .parts import CORE

DIALECT = Dialect(
    name="mistral",
    serves=CORE | {"embeddings"},
    strict="top",
    reasoning_as="thinking",
    call_index=True,
    models=("mistral-small-latest", "mistral-medium-latest", "magistral-medium-latest"),
    owner="mistralai",
    id="{hex32}",
    call_id="{alnum9}",
    choice_keys=("index", "delta", "finish_reason"),
    headers=(
        ("mistral-correlation-id", "{uuid}"),
        ("x-envoy-upstream-service-time", "{digits3}"),
        ("x-kong-proxy-latency", "{digits1}"),
        ("x-kong-request-id", "{uuid}"),
        ("x-kong-upstream-latency", "{digits3}"),
        ("x-max-retry-attempts-reached", "false"),
        ("Server", "cloudflare"),
        ("CF-RAY", "{hex16}-CDG"),
    ),
    end={"content": ""},
    reasoning="thinking",
    calls="whole_at_end",
    call_keys=("id", "type", "function", "index"),
    usage=usage.mistral,
    usage_on="end",
    usage_always=True,
    pad="p",
    continuation=Continuation.PREFIX_ECHOED,
    errors="mistral",
    body_keys=("id", "created", "model", "usage", "object", "choices"),
    body_choice_keys=("index", "finish_reason", "message"),
    message_keys=("role", "tool_calls", "content"),
    optional=frozenset(),
)
