"""OpenRouter."""

from __future__ import annotations

from fake_openai.counting import usage
from fake_openai.dialect import Continuation, Dialect
from fake_openai.responses import forms

from .parts import CORE

DIALECT = Dialect(
    name="openrouter",
    serves=CORE | {"embeddings", "responses"},
    roots="(/api)?/v1",
    responses=forms.OPENROUTER,
    reasoning_as="details",
    models=("anthropic/claude-haiku-4.5", "openai/gpt-4.1-mini", "google/gemini-2.5-flash"),
    owner="openrouter",
    id="gen-{created}-{alnum20}",
    values={"provider": "Amazon Bedrock"},
    chunk_keys=(
        "id",
        "object",
        "created",
        "model",
        "provider",
        "service_tier",
        "choices",
        "usage",
    ),
    choice_keys=("index", "delta", "finish_reason", "native_finish_reason"),
    content_type="text/event-stream",
    headers=(
        ("cache-control", "no-cache"),
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", "X-Generation-Id,X-Provider-Name,cf-ray"),
        ("x-generation-id", "gen-{created}-{alnum20}"),
        ("referrer-policy", "no-referrer, strict-origin-when-cross-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Server", "cloudflare"),
        ("CF-RAY", "{hex16}-FRA"),
    ),
    role=None,
    role_everywhere=True,
    end={"content": ""},
    end_twice=True,
    reasoning="reasoning",
    usage=usage.openrouter,
    usage_on="end",
    usage_always=True,
    keep_alive="OPENROUTER PROCESSING",
    opens_with=(1, 3),
    body_padding="\n         \n",
    headers_first=True,
    continuation=Continuation.PREFILL,
    no_prefill=r"anthropic/claude-[a-z]+-(4\.[6-9]|[5-9]).*",
    errors="openrouter",
    error_closes=False,
    body_keys=(
        "id",
        "object",
        "created",
        "model",
        "provider",
        "system_fingerprint",
        "choices",
        "usage",
    ),
    body_choice_keys=("index", "logprobs", "finish_reason", "native_finish_reason", "message"),
    message_keys=("role", "content", "refusal", "reasoning", "tool_calls"),
    optional=frozenset({"tool_calls"}),
)
