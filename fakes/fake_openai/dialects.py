"""What each provider says on the wire, as data.

Key order, nulls and the place of usage are those of recorded streams of the providers, or of the
source code of the servers (vLLM, SGLang) and the providers' documentation where nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from . import usage


class Continuation(StrEnum):
    """How a partial assistant message is handed in to be continued."""

    NONE = "none"
    """Not at all: a trailing assistant message is history, a new turn begins."""
    FINAL_MESSAGE = "final_message"
    """vLLM: `continue_final_message` true and `add_generation_prompt` false."""
    FINAL_MESSAGE_OR_USER = "final_message_or_user"
    """SGLang: `continue_final_message`; without it a trailing assistant message becomes a user's."""
    PREFIX_AT_BETA = "prefix_at_beta"
    """DeepSeek: `prefix: true` on the message, only under `/beta`."""
    PREFIX_ECHOED = "prefix_echoed"
    """Mistral: `prefix: true` on the message; the answer begins with the prefix."""
    PARTIAL = "partial"
    """Qwen, Kimi: `partial: true` on the message."""
    PREFILL = "prefill"
    """OpenRouter, Groq: a trailing assistant message is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One provider.

    Templates are those of `ids.fill`.

    Attributes:
        name: as in `FakeOpenAI(dialect=...)`.
        models: models it offers.
        owner: `owned_by` of its models.
        id: template of the id of an answer.
        call_id: template of the id of a tool call.
        values: members of a chunk that are the same in all of them; strings are templates.
        chunk_keys: members of a chunk, in order; `usage` stands only where usage is due.
        choice_keys: members of a choice, in order.
        choice_values: members of a choice that are always the same.
        content_type: of a stream.
        headers: of every response; values are templates.
        role: delta of the first chunk of a choice; None = there is no such chunk.
        role_everywhere: whether every delta repeats the role.
        end: delta of the chunk with the finish reason.
        end_on_last: the finish reason rides on the last token.
        end_twice: the finish reason comes in two chunks, the second with usage.
        end_values: further members of the choice with the finish reason.
        delta_keys: members every delta has, null where nothing is to say; empty = only those used.
        reasoning: name of the member for reasoning.
        reasoning_nulls: in answers with reasoning, text and reasoning are null where the other speaks.
        calls: a tool call comes in fragments, whole in one chunk, or whole in the last chunk.
        call_in_role: a lone tool call without text begins in the first chunk of the choice.
        fragment_id: `id` in later fragments of a tool call; None = no such member.
        usage: shape of the usage object.
        usage_on: where usage stands: `chunk` = in one of its own, `end` = beside the finish reason.
        usage_always: also when nobody asked with `stream_options.include_usage`.
        usage_null: when the other chunks have `usage: null`.
        pad: member that hides the length of tokens.
        sort_keys: members stand in alphabetical order.
        escape_html: `<`, `>` and `&` are escaped.
        keep_alive: comment sent while nothing is ready; empty = none.
        opens_with: comments sent before the first chunk: how many.
        headers_first: headers are sent before the first token is ready.
        continuation: how to continue a partial answer.
        needs_key: whether a request without a key is refused.
        errors: form of error bodies.
        error_closes: whether an error in the stream is followed by `[DONE]`.
        body_keys: members of a whole answer (not streamed), in order.
        body_choice_keys: members of its choices.
        message_keys: members of its messages; null or empty where nothing is to say, see `optional`.
        optional: members left out of a message when there is nothing to say.
        indent: spaces of indentation of a whole answer; None = compact.
        body_end: what stands after its JSON.
    """

    name: str
    models: tuple[str, ...]
    owner: str
    id: str = "chatcmpl-{alnum29}"
    call_id: str = "call_{alnum24}"
    values: Mapping[str, Any] = field(default_factory=dict)
    chunk_keys: tuple[str, ...] = ("id", "object", "created", "model", "choices", "usage")
    choice_keys: tuple[str, ...] = ("index", "delta", "logprobs", "finish_reason")
    choice_values: Mapping[str, Any] = field(default_factory=dict)
    content_type: str = "text/event-stream; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    role: Mapping[str, Any] | None = field(
        default_factory=lambda: {"role": "assistant", "content": ""}
    )
    role_everywhere: bool = False
    end: Mapping[str, Any] = field(default_factory=dict)
    end_on_last: bool = False
    end_twice: bool = False
    end_values: Mapping[str, Any] = field(default_factory=dict)
    delta_keys: tuple[str, ...] = ()
    reasoning: str = "reasoning_content"
    reasoning_nulls: bool = False
    calls: Literal["fragments", "whole", "whole_at_end"] = "fragments"
    call_in_role: bool = False
    fragment_id: str | None = None
    usage: usage.Shape = usage.plain
    usage_on: Literal["chunk", "end"] = "chunk"
    usage_always: bool = False
    usage_null: Literal["never", "asked", "always"] = "never"
    pad: Literal["", "obfuscation", "p"] = ""
    sort_keys: bool = False
    escape_html: bool = False
    keep_alive: str = ""
    opens_with: tuple[int, int] = (0, 0)
    headers_first: bool = False
    continuation: Continuation = Continuation.NONE
    needs_key: bool = True
    errors: Literal[
        "openai", "azure", "deepseek", "vllm", "sglang", "mistral", "compact", "openrouter", "groq"
    ] = "openai"
    error_closes: bool = True
    body_keys: tuple[str, ...] = ("id", "object", "created", "model", "choices", "usage")
    body_choice_keys: tuple[str, ...] = ("index", "message", "logprobs", "finish_reason")
    message_keys: tuple[str, ...] = ("role", "content", "reasoning", "tool_calls")
    optional: frozenset[str] = frozenset({"reasoning", "tool_calls"})
    indent: int | None = None
    body_end: str = ""


_OPENAI_HEADERS = (
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

OPENAI = Dialect(
    name="openai",
    models=("gpt-4.1-mini", "gpt-4.1", "gpt-4o-mini", "gpt-4o", "gpt-5", "gpt-5-mini", "o4-mini"),
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
        "usage",
    ),
    headers=_OPENAI_HEADERS,
    role={"role": "assistant", "content": "", "refusal": None},
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

AZURE = Dialect(
    name="azure",
    models=("gpt-4.1-mini", "gpt-4o-mini", "gpt-4o"),
    owner="system",
    values={"system_fingerprint": "fp_{hex10}"},
    chunk_keys=("choices", "created", "id", "model", "object", "system_fingerprint", "usage"),
    choice_keys=("content_filter_results", "delta", "finish_reason", "index", "logprobs"),
    headers=(
        ("apim-request-id", "{uuid}"),
        ("azureml-model-session", "d{digits3}-{digits14}"),
        ("skip-error-remapping", "true"),
        ("x-accel-buffering", "no"),
        ("x-content-type-options", "nosniff"),
        ("x-ms-region", "East US 2"),
        ("x-ms-deployment-name", "gpt-4.1-mini"),
        ("x-ms-rai-invoked", "true"),
        ("x-ratelimit-abusepenalty-active", "False"),
        ("x-ratelimit-limit-requests", "120"),
        ("x-ratelimit-limit-tokens", "120000"),
        ("x-ratelimit-remaining-requests", "119"),
        ("x-ratelimit-remaining-tokens", "119{digits3}"),
        ("x-ratelimit-renewalperiod-requests", "60"),
        ("x-ratelimit-renewalperiod-tokens", "60"),
        ("x-ratelimit-reset-requests", "500"),
        ("x-ratelimit-reset-tokens", "1"),
        ("x-request-id", "{uuid}"),
    ),
    role={"content": "", "refusal": None, "role": "assistant"},
    call_in_role=True,
    usage=usage.openai,
    usage_null="asked",
    pad="obfuscation",
    sort_keys=True,
    errors="azure",
    body_keys=(
        "choices",
        "created",
        "id",
        "model",
        "object",
        "prompt_filter_results",
        "system_fingerprint",
        "usage",
    ),
    body_choice_keys=("content_filter_results", "finish_reason", "index", "logprobs", "message"),
    message_keys=("annotations", "content", "refusal", "role", "tool_calls"),
    optional=frozenset({"tool_calls"}),
    body_end="\n",
)

DEEPSEEK = Dialect(
    name="deepseek",
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
    headers_first=True,
    continuation=Continuation.PREFIX_AT_BETA,
    errors="deepseek",
    body_keys=("id", "object", "created", "model", "choices", "usage", "system_fingerprint"),
    message_keys=("role", "content", "reasoning", "tool_calls"),
)

VLLM = Dialect(
    name="vllm",
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

SGLANG = Dialect(
    name="sglang",
    models=("meta-llama/Llama-3.1-8B-Instruct",),
    owner="sglang",
    id="{hex32}",
    headers=(("server", "uvicorn"),),
    choice_keys=("index", "delta", "logprobs", "finish_reason", "matched_stop"),
    choice_values={"matched_stop": None},
    delta_keys=("role", "content", "reasoning_content", "tool_calls"),
    usage=usage.sglang,
    usage_null="always",
    continuation=Continuation.FINAL_MESSAGE_OR_USER,
    needs_key=False,
    errors="sglang",
    body_keys=("id", "object", "created", "model", "choices", "usage", "metadata"),
    body_choice_keys=("index", "message", "logprobs", "finish_reason", "matched_stop"),
    message_keys=("role", "content", "reasoning", "tool_calls"),
    optional=frozenset(),
)

MISTRAL = Dialect(
    name="mistral",
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

QWEN = Dialect(
    name="qwen",
    models=("qwen3-max", "qwen-plus", "qwen-turbo"),
    owner="system",
    id="chatcmpl-{uuid}",
    values={"system_fingerprint": None},
    chunk_keys=("choices", "object", "usage", "created", "system_fingerprint", "model", "id"),
    choice_keys=("delta", "finish_reason", "index", "logprobs"),
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

KIMI = Dialect(
    name="kimi",
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

OPENROUTER = Dialect(
    name="openrouter",
    models=("anthropic/claude-haiku-4.5", "openai/gpt-4.1-mini", "google/gemini-2.5-flash"),
    owner="openrouter",
    id="gen-{created}-{alnum20}",
    values={"provider": "Amazon Bedrock"},
    chunk_keys=("id", "object", "created", "model", "provider", "choices", "usage"),
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
    headers_first=True,
    continuation=Continuation.PREFILL,
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

GROQ = Dialect(
    name="groq",
    models=("llama-3.1-8b-instant", "llama-3.3-70b-versatile", "openai/gpt-oss-20b"),
    owner="Groq",
    id="chatcmpl-{uuid}",
    call_id="call_{alnum24}",
    values={"system_fingerprint": "fp_{hex10}", "x_groq": "req_01{crockford24}"},
    chunk_keys=(
        "id",
        "object",
        "created",
        "model",
        "system_fingerprint",
        "choices",
        "usage",
    ),
    content_type="text/event-stream",
    headers=(
        ("cache-control", "no-cache"),
        ("vary", "Origin"),
        ("x-groq-region", "dls"),
        ("x-ratelimit-limit-requests", "14400"),
        ("x-ratelimit-limit-tokens", "6000"),
        ("x-ratelimit-remaining-requests", "14399"),
        ("x-ratelimit-remaining-tokens", "5{digits3}"),
        ("x-ratelimit-reset-requests", "6s"),
        ("x-ratelimit-reset-tokens", "130ms"),
        ("x-request-id", "req_01{crockford24}"),
        ("Server", "cloudflare"),
        ("CF-RAY", "{hex16}-DFW"),
    ),
    reasoning="reasoning",
    calls="whole",
    usage=usage.groq,
    escape_html=True,
    continuation=Continuation.PREFILL,
    errors="groq",
    error_closes=False,
    body_keys=(
        "id",
        "object",
        "created",
        "model",
        "choices",
        "usage",
        "system_fingerprint",
        "x_groq",
    ),
    body_end="\n",
)

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        OPENAI,
        AZURE,
        DEEPSEEK,
        VLLM,
        SGLANG,
        MISTRAL,
        QWEN,
        KIMI,
        OPENROUTER,
        GROQ,
    )
}


def find(name: str) -> Dialect:
    """Return the dialect called `name`.

    Raises:
        ValueError: there is none.
    """
    try:
        return DIALECTS[name]
    except KeyError:
        raise ValueError(f"dialect must be one of {', '.join(DIALECTS)}, got {name!r}") from None
