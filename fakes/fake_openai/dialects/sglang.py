"""SGLang."""

from __future__ import annotations

from fake_openai.counting import usage
from fake_openai.dialect import Continuation, Dialect

from .parts import CORE

DIALECT = Dialect(
    name="sglang",
    serves=CORE | {"completions", "embeddings"},
    stop_key="matched_stop",
    models=("meta-llama/Llama-3.1-8B-Instruct",),
    owner="sglang",
    id="{hex32}",
    headers=(("server", "uvicorn"),),
    choice_keys=("index", "delta", "logprobs", "finish_reason", "matched_stop"),
    choice_values={"matched_stop": None},
    delta_keys=("role", "content", "reasoning_content", "tool_calls"),
    usage=usage.sglang,
    usage_running="alone",
    usage_null="always",
    continuation=Continuation.FINAL_MESSAGE_OR_USER,
    needs_key=False,
    errors="sglang",
    body_keys=("id", "object", "created", "model", "choices", "usage", "metadata"),
    body_choice_keys=("index", "message", "logprobs", "finish_reason", "matched_stop"),
    message_keys=("role", "content", "reasoning", "tool_calls"),
    optional=frozenset(),
)
