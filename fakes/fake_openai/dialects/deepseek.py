"""DeepSeek."""

from __future__ import annotations

from fake_openai.counting import usage
from fake_openai.dialect import Continuation, Dialect
from fake_openai.responses import forms

from .parts import CORE

DIALECT = Dialect(
    name="deepseek",
    responses=forms.DEEPSEEK,
    serves=CORE | {"completions", "responses"},
    ordered=True,
    wants_json=True,
    roots="(/v1|/beta)?",
    nothing={"content": ""},
    call_index=True,
    models=("deepseek-chat", "deepseek-reasoner"),
    owner="deepseek",
    id="{uuid}",
    call_id="call_00_{alnum24}",
    values={"system_fingerprint": "fp_{hex10}_prod0820_fp8_kvcache_20260402"},
    chunk_keys=("id", "object", "created", "model", "system_fingerprint", "choices", "usage"),
    headers=(
        ("cache-control", "no-cache"),
        ("x-ds-trace-id", "{hex32}"),
        ("server", "elb"),
        ("vary", "origin, access-control-request-method, access-control-request-headers"),
        ("access-control-allow-credentials", "true"),
        ("via", "1.1 {hex32}.cloudfront.net (CloudFront)"),
        ("x-cache", "Miss from cloudfront"),
        ("x-amz-cf-pop", "FRA60-P2"),
        ("x-amz-cf-id", "{alnum54}=="),
    ),
    end={"content": ""},
    reasoning_nulls=True,
    usage=usage.deepseek,
    usage_on="end",
    usage_always=True,
    usage_null="asked",
    keep_alive="keep-alive",
    body_padding="\n",
    headers_first=True,
    continuation=Continuation.PREFIX_AT_BETA,
    errors="deepseek",
    body_keys=("id", "object", "created", "model", "choices", "usage", "system_fingerprint"),
    message_keys=("role", "content", "reasoning", "tool_calls"),
)
