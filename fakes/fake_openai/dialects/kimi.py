"""Kimi (Moonshot)."""

from __future__ import annotations

from fake_openai.counting import usage
from fake_openai.dialect import Continuation, Dialect

DIALECT = Dialect(
    name="kimi",
    ordered=True,
    models=("kimi-k3", "kimi-k2-turbo-preview"),
    owner="moonshot",
    chunk_keys=("id", "object", "created", "model", "choices", "usage"),
    choice_keys=("index", "delta", "finish_reason"),
    headers=(("server", "nginx"), ("msh-request-id", "{hex32}")),
    usage=usage.kimi,
    usage_on="end",
    usage_always=True,
    continuation=Continuation.PARTIAL,
    errors="compact",
    body_choice_keys=("index", "message", "finish_reason"),
)
