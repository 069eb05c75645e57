"""OpenAI."""

from __future__ import annotations

from fake_openai.counting import usage
from fake_openai.dialect import Dialect

from .parts import EVERYTHING

_HEADERS = (
    ("access-control-expose-headers", "X-Request-ID"),
    ("openai-organization", "acme-inc"),
    ("openai-processing-ms", "{digits3}"),
    ("openai-project", "proj_{alnum24}"),
    ("openai-version", "2020-10-01"),
    ("x-openai-proxy-wasm", "v0.1"),
    ("x-ratelimit-limit-requests", "15000"),
    ("x-ratelimit-limit-tokens", "40000000"),
    ("x-ratelimit-remaining-requests", "14999"),
    ("x-ratelimit-remaining-tokens", "39999{digits3}"),
    ("x-ratelimit-reset-requests", "4ms"),
    ("x-ratelimit-reset-tokens", "1ms"),
    ("x-request-id", "req_{hex32}"),
    ("CF-Cache-Status", "DYNAMIC"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
    ("X-Content-Type-Options", "nosniff"),
    ("Server", "cloudflare"),
    ("CF-RAY", "{hex16}-EWR"),
    ("alt-svc", 'h3=":443"; ma=86400'),
)

DIALECT = Dialect(
    name="openai",
    serves=EVERYTHING,
    strict="all",
    ordered=True,
    wants_json=True,
    models=(
        "gpt-4.1-mini",
        "gpt-4.1",
        "gpt-4o-mini",
        "gpt-4o",
        "gpt-5",
        "gpt-5-mini",
        "o4-mini",
        "gpt-3.5-turbo-instruct",
        "davinci-002",
        "text-embedding-3-small",
        "text-embedding-3-large",
        "text-embedding-ada-002",
        "omni-moderation-latest",
    ),
    owner="system",
    values={"service_tier": "default", "system_fingerprint": "fp_{hex10}"},
    chunk_keys=(
        "id",
        "object",
        "created",
        "model",
        "service_tier",
        "system_fingerprint",
        "choices",
        "moderation",
        "usage",
    ),
    headers=_HEADERS,
    role={"role": "assistant", "content": "", "refusal": None},
    no_logprobs=r"gpt-5.*|o\d.*",
    no_fingerprint=r"gpt-5.*|gpt-4-.*preview|gpt-3\.5-turbo.*",
    reasoning="",
    call_in_role=True,
    usage=usage.openai,
    usage_null="asked",
    pad="obfuscation",
    body_keys=(
        "id",
        "object",
        "created",
        "model",
        "choices",
        "usage",
        "service_tier",
        "system_fingerprint",
    ),
    message_keys=("role", "content", "tool_calls", "refusal", "annotations"),
    optional=frozenset({"tool_calls"}),
    indent=2,
    body_end="\n",
)
