"""Qwen (Alibaba, DashScope)."""

from __future__ import annotations

from fake_openai.counting import usage
from fake_openai.dialect import Continuation, Dialect

from .parts import CORE

DIALECT = Dialect(
    name="qwen",
    serves=CORE | {"embeddings"},
    ordered=True,
    wants_json=True,
    roots="(/compatible-mode)?/v1",
    nothing={"content": ""},
    call_index=True,
    models=("qwen3-max", "qwen-plus", "qwen-turbo"),
    owner="system",
    id="chatcmpl-{uuid}",
    values={"system_fingerprint": None},
    chunk_keys=("choices", "object", "usage", "created", "system_fingerprint", "model", "id"),
    choice_keys=("delta", "finish_reason", "index", "logprobs"),
    role_choice_keys=("delta", "index", "logprobs", "finish_reason"),
    end_choice_keys=("finish_reason", "delta", "index", "logprobs"),
    role={"content": "", "role": "assistant"},
    headers=(
        ("vary", "Origin,Access-Control-Request-Method,Access-Control-Request-Headers"),
        ("x-request-id", "{uuid}"),
        ("x-dashscope-call-gateway", "true"),
        ("server", "istio-envoy"),
    ),
    end={"content": ""},
    reasoning_nulls=True,
    fragment_id="",
    usage=usage.qwen,
    usage_null="asked",
    continuation=Continuation.PARTIAL,
    errors="compact",
    body_keys=("choices", "object", "usage", "created", "system_fingerprint", "model", "id"),
    body_choice_keys=("message", "finish_reason", "index", "logprobs"),
)
