"""Azure OpenAI."""

from __future__ import annotations

from fake_openai.counting import usage
from fake_openai.dialect import Dialect
from fake_openai.responses import forms

from .parts import EVERYTHING

DIALECT = Dialect(
    name="azure",
    responses=forms.AZURE,
    serves=EVERYTHING - {"conversations", "moderations"},
    strict="all",
    ordered=True,
    wants_json=True,
    roots="(/openai)?/v1|/openai|/openai/deployments/(?P<model>[^/]+)",
    versioned="/openai/(?!v1/).*",
    key_header="api-key",
    filters=True,
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
    reasoning="",
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
