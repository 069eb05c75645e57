"""vLLM."""

from __future__ import annotations

from fake_openai.counting import usage
from fake_openai.dialect import Continuation, Dialect

from .parts import CORE

DIALECT = Dialect(
    name="vllm",
    serves=CORE | {"completions", "embeddings"},
    stop_key="stop_reason",
    nothing={"tool_calls": [], "annotations": None},
    models=("meta-llama/Llama-3.1-8B-Instruct",),
    owner="vllm",
    id="chatcmpl-{hex32}",
    call_id="chatcmpl-tool-{hex32}",
    headers=(("server", "uvicorn"),),
    choice_keys=("index", "delta", "logprobs", "finish_reason"),
    end_on_last=True,
    end_values={"stop_reason": None},
    reasoning="reasoning",
    usage=usage.vllm,
    usage_running="asked",
    running_keys=("prompt_tokens", "total_tokens", "completion_tokens"),
    headers_first=True,
    continuation=Continuation.FINAL_MESSAGE,
    needs_key=False,
    errors="vllm",
    body_choice_keys=("index", "message", "logprobs", "finish_reason", "stop_reason"),
    choice_values={"stop_reason": None},
    body_keys=(
        "id",
        "object",
        "created",
        "model",
        "choices",
        "service_tier",
        "system_fingerprint",
        "usage",
        "prompt_logprobs",
        "kv_transfer_params",
    ),
    message_keys=(
        "role",
        "content",
        "refusal",
        "annotations",
        "audio",
        "function_call",
        "tool_calls",
        "reasoning",
    ),
    optional=frozenset(),
)
