"""The catalogue of errors before the stream: what brings each about, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_openai import Limits
from support.openai_client import CHAT, chat


@dataclass(frozen=True)
class Case:
    """One error.

    Attributes:
        dialect: whose.
        how: what brings it about, for people.
        status: HTTP status.
        type: content type.
        says: what the body has in it.
        body: of the request.
        path: of the request.
        method: of the request.
        headers: of the request.
        fault: a fault, as text.
        set_up: arguments of the fake.
        times: how often it is asked; the last answer counts.
        told: headers that the answer must have, as far as they are known.
    """

    dialect: str
    how: str
    status: int
    type: str
    says: str
    body: Mapping[str, Any] | bytes = field(default_factory=chat)
    path: str = CHAT
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    set_up: Mapping[str, Any] = field(default_factory=dict)
    times: int = 1
    told: Mapping[str, str] = field(default_factory=dict)


JSON, HTML = "application/json", "text/html; charset=UTF-8"
GO = "application/json; charset=utf-8"
KEYS = {"api_keys": ["good"]}
WRONG = {"Authorization": "Bearer sk-wrong-key-1234-key"}
NONE = {"Authorization": ""}
PLAIN = {"Content-Type": "text/plain"}
KNOWN = {"models": ["gpt-4o"]}
RESPONSES = "/v1/responses"
DEPLOYED = "/openai/deployments/gpt-4o/chat/completions"


def _fault(dialect: str, text: str, status: int, type: str, says: str, **more: Any) -> Case:
    return Case(dialect, f"`{text}`", status, type, says, fault=text, **more)


OPENAI = [
    Case("openai", "no key", 401, JSON, "\"You didn't provide an API key.", headers=NONE),
    Case(
        "openai",
        "a wrong key (`api_keys`)",
        401,
        JSON,
        "Incorrect API key provided: sk-wrong*********-key.",
        headers=WRONG,
        set_up=KEYS,
        told={"www-authenticate": 'Bearer realm="OpenAI API"'},
    ),
    Case(
        "openai",
        "an unknown model (`models`)",
        404,
        GO,
        '"The model `m` does not exist or you do not',
        set_up=KNOWN,
        told={"vary": "Origin"},
    ),
    Case(
        "openai",
        "the same at embeddings",
        404,
        GO,
        "model_not_found",
        {"model": "m", "input": "x"},
        "/v1/embeddings",
        set_up=KNOWN,
    ),
    Case(
        "openai",
        "the same at responses",
        400,
        JSON,
        "The requested model 'm' does not exist.",
        {"model": "m", "input": "x"},
        RESPONSES,
        set_up=KNOWN,
    ),
    Case("openai", "an unknown path", 404, JSON, "Invalid URL (POST /v1/foo)", path="/v1/foo"),
    Case(
        "openai",
        "a wrong method",
        405,
        JSON,
        "Not allowed to PUT on /v1/models.",
        path="/v1/models",
        method="PUT",
        told={"allow": "GET"},
    ),
    Case("openai", "a body that is no JSON", 400, JSON, "We could not parse the JSON body", b"{"),
    Case("openai", "a wrong content type", 400, JSON, '"unsupported_content_type"', headers=PLAIN),
    Case("openai", "no model", 400, JSON, "you must provide a model parameter", {"messages": []}),
    Case(
        "openai",
        "a member missing",
        400,
        JSON,
        "Missing required parameter: 'messages[0].content[0].type'.",
        {"model": "m", "messages": [{"role": "user", "content": [{"text": "x"}]}]},
    ),
    Case(
        "openai",
        "an unknown member",
        400,
        JSON,
        "Unrecognized request argument supplied: foo",
        chat(foo=1),
    ),
    Case(
        "openai",
        "the same with GPT-5 and later",
        400,
        JSON,
        "Unknown parameter: 'foo'.",
        chat(foo=1, model="gpt-5"),
    ),
    Case(
        "openai",
        "a member the model lacks",
        400,
        JSON,
        "'max_tokens' is not supported with this model. Use 'max_completion_tokens'",
        chat(max_tokens=5, model="gpt-5"),
    ),
    Case(
        "openai",
        "a value out of range",
        400,
        JSON,
        "Invalid 'temperature': decimal below minimum",
        chat(temperature=-1),
    ),
    Case(
        "openai",
        "a value of a wrong type",
        400,
        JSON,
        "Invalid type for 'stream': expected a boolean",
        chat(stream="yes"),
    ),
    Case(
        "openai",
        "a picture that is none",
        400,
        JSON,
        "image_url.url",
        {
            "model": "m",
            "messages": [
                {
                    "role": "user",
                    "content": [{"type": "image_url", "image_url": {"url": "x"}}],
                }
            ],
        },
    ),
    Case(
        "openai",
        "more tokens than the model can write",
        400,
        JSON,
        "max_tokens is too large: 99999.",
        chat(max_tokens=99_999, model="gpt-4o"),
    ),
    Case(
        "openai",
        "a prompt longer than the context",
        400,
        JSON,
        '"context_length_exceeded"',
        chat("word " * 9_000, model="gpt-4"),
    ),
    _fault(
        "openai", "status:400,case=context", 400, JSON, "maximum context length is 8192 tokens."
    ),
    _fault("openai", "status:400,case=image", 400, JSON, '"invalid_image_url"'),
    _fault("openai", "status:400,case=format", 400, JSON, '"invalid_image_format"'),
    _fault("openai", "status:400,case=filter", 400, JSON, '"content_policy_violation"'),
    _fault("openai", "status:401", 401, JSON, "Incorrect API key provided: sk-"),
    _fault("openai", "status:401,case=missing", 401, JSON, "You didn't provide an API key."),
    _fault("openai", "status:429,case=busy", 429, JSON, "Too many concurrent requests"),
    _fault("openai", "status:403", 403, JSON, '"unsupported_country_region_territory"'),
    Case(
        "openai",
        "`Limits(requests_per_minute=1)`",
        429,
        JSON,
        "on requests per min (RPM): Limit 1, Used 1",
        set_up={"limits": Limits(requests_per_minute=1)},
        times=2,
        told={"retry-after": "", "retry-after-ms": ""},
    ),
    Case(
        "openai",
        "`Limits(tokens_per_minute=1)`",
        429,
        JSON,
        "Request too large for m in organization",
        set_up={"limits": Limits(tokens_per_minute=1)},
    ),
    _fault("openai", "status:429", 429, JSON, '"type": "requests"'),
    _fault(
        "openai",
        "status:429,case=tokens,retry_after=2",
        429,
        JSON,
        '"type": "tokens"',
        told={"retry-after": "2"},
    ),
    _fault(
        "openai", "status:429,case=large", 429, JSON, "must be reduced in order to run successfully"
    ),
    _fault("openai", "status:429,case=quota", 429, JSON, '"code": "insufficient_quota"'),
    _fault(
        "openai",
        "status:500",
        500,
        JSON,
        "Please include the request ID req_",
        told={"x-request-id": ""},
    ),
    _fault(
        "openai",
        "status:500",
        500,
        JSON,
        '"code": "server_error"',
        path=RESPONSES,
        body={"model": "m", "input": "x"},
    ),
    _fault("openai", "status:503", 503, JSON, "The engine is currently overloaded"),
    _fault(
        "openai",
        "status:503,case=upstream",
        503,
        "text/plain",
        "upstream connect error or disconnect/reset before headers.",
        told={"server": "cloudflare"},
    ),
    *(
        _fault(
            "openai",
            f"status:{status}",
            status,
            HTML,
            f"<title>api.openai.com | {status}: ",
            told={"server": "cloudflare", "cf-ray": ""},
        )
        for status in (502, 504, 520, 521, 522, 523, 524, 525, 526, 527)
    ),
]
OTHERS = [
    Case(
        "deepseek",
        "a wrong key (`api_keys`)",
        401,
        JSON,
        "Your api key: ****-key is invalid",
        headers=WRONG,
        set_up=KEYS,
    ),
    Case(
        "deepseek",
        "a value of a wrong type",
        422,
        "text/plain",
        "Failed to deserialize the JSON body into the",
        chat(stream="yes"),
    ),
    Case(
        "deepseek",
        "a body that is no JSON",
        400,
        "text/plain",
        "Failed to parse the request body as JSON",
        b"{",
    ),
    Case(
        "deepseek",
        "a wrong content type",
        415,
        "text/plain",
        "Expected request with",
        headers=PLAIN,
    ),
    _fault(
        "deepseek",
        "status:400,case=context",
        400,
        "application/octet-stream",
        "However, you requested 9001 tokens (9001 in the messages, 0 in the completion).",
    ),
    _fault("deepseek", "status:402", 402, JSON, '"Insufficient Balance","type":"unknown_error"'),
    Case(
        "mistral",
        "a wrong key (`api_keys`)",
        401,
        JSON,
        '{"detail":"Invalid API Key"}',
        headers=WRONG,
        set_up=KEYS,
    ),
    Case(
        "mistral",
        "a value of a wrong type",
        422,
        JSON,
        '"loc":["body","stream"],"msg":"Input should be a valid boolean","input":"yes"}]}',
        chat(stream="yes"),
    ),
    Case(
        "mistral",
        "a member missing",
        422,
        JSON,
        '"type":"missing","loc":["body","messages"]',
        {"model": "m"},
    ),
    Case(
        "mistral",
        "an unknown member",
        422,
        JSON,
        '"type":"extra_forbidden","loc":["body","foo"]',
        chat(foo=1),
    ),
    Case("mistral", "a body that is no JSON", 422, JSON, '"type":"json_invalid"', b"{"),
    _fault("mistral", "status:429", 429, JSON, '"type":"rate_limited","param":null,"code":"1300"'),
    _fault(
        "mistral", "status:500", 500, JSON, '"Service unavailable.","type":"internal_server_error"'
    ),
    Case(
        "groq",
        "a wrong key (`api_keys`)",
        401,
        JSON,
        '"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}',
        headers=WRONG,
        set_up=KEYS,
    ),
    Case(
        "groq", "an unknown model (`models`)", 404, JSON, '"code":"model_not_found"', set_up=KNOWN
    ),
    _fault(
        "groq", "status:400,case=tools", 400, JSON, '"code":"tool_use_failed","failed_generation":'
    ),
    _fault(
        "groq",
        "status:429,case=tokens,retry_after=3",
        429,
        JSON,
        "service tier `on_demand` on tokens per minute",
        told={"retry-after": "3"},
    ),
    Case(
        "openrouter",
        "no key",
        401,
        JSON,
        '{"error":{"message":"Missing Authentication header","code":401}}',
        headers=NONE,
    ),
    _fault(
        "openrouter",
        "status:429",
        429,
        JSON,
        '{"error":{"message":"Provider returned error","code":429,"metadata":',
    ),
    _fault("openrouter", "status:400,case=context", 400, JSON, '"previous_errors":[{"code":400,'),
    _fault("openrouter", "error200:error=502", 200, JSON, '"error"'),
    Case(
        "azure",
        "a wrong key (`api_keys`)",
        401,
        JSON,
        '{"error":{"code":"401","message":"Access denied due to',
        headers=WRONG,
        set_up=KEYS,
    ),
    Case(
        "azure",
        "a path without `api-version`",
        404,
        JSON,
        '{"error":{"code":"404","message": "Resource not found"}}',
        path=DEPLOYED,
    ),
    Case(
        "azure",
        "an unknown deployment (`models`)",
        404,
        JSON,
        '"code": "DeploymentNotFound"',
        path=f"{DEPLOYED}?api-version=2024-10-21",
        set_up={"models": ["other"]},
    ),
    _fault(
        "azure",
        "status:429,retry_after=60",
        429,
        JSON,
        '{"error":{"code":"429","message": "Requests to the',
        told={"retry-after": "60"},
    ),
    _fault(
        "azure",
        "status:413",
        413,
        "text/plain",
        "Failed to buffer the request body: length limit exceeded",
    ),
    _fault("azure", "status:400,case=filter", 400, JSON, '"code": "ResponsibleAIPolicyViolation"'),
    Case(
        "vllm",
        "a wrong key (`api_keys`)",
        401,
        JSON,
        '{"error":"Unauthorized"}',
        headers=WRONG,
        set_up=KEYS,
    ),
    Case("vllm", "an unknown path", 404, JSON, '{"detail":"Not Found"}', path="/v1/foo"),
    Case(
        "vllm",
        "an unknown model (`models`)",
        404,
        JSON,
        '{"error":{"message":"The model `m` does not exist.","type":"NotFoundError"',
        set_up=KNOWN,
    ),
    Case(
        "vllm",
        "a wrong content type",
        400,
        JSON,
        "Unsupported Media Type: Only 'application/json' is allowed",
        headers=PLAIN,
    ),
    Case(
        "vllm",
        "a member missing",
        400,
        JSON,
        "1 validation error:\\n  {'type': 'missing', 'loc': ('body'",
        {"model": "m"},
    ),
    _fault("vllm", "status:400,case=context", 400, JSON, "your prompt contains 9001 input tokens"),
    Case(
        "sglang",
        "a member missing",
        400,
        JSON,
        '{"object":"error","message":"[{\'type\': \'missing\'',
        {"model": "m"},
    ),
    Case("ollama", "an unknown path", 404, "text/plain", "404 page not found", path="/v1/foo"),
    Case("ollama", "an unknown model (`models`)", 404, JSON, "model 'm' not found", set_up=KNOWN),
    _fault(
        "ollama", "status:400,case=context", 400, JSON, "exceeded max context length by 809 tokens"
    ),
    _fault("kimi", "status:429,case=busy", 429, JSON, '"type":"engine_overloaded_error"'),
]
CASES = [*OPENAI, *OTHERS]
