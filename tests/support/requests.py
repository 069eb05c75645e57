"""A sound request to each endpoint, for tests that spoil them."""

from __future__ import annotations

import json
from typing import Any

METHODS = ["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"]

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "tells the weather",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": ["integer", "null"]}},
            "required": ["city", "days"],
            "additionalProperties": False,
        },
    },
}
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
PICTURE = {"type": "image_url", "image_url": {"url": "https://x.example/a.png", "detail": "low"}}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "array", "items": {"type": "integer"}}, "b": {"enum": ["x", 1]}},
    "required": ["a", "b"],
    "additionalProperties": False,
}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {
        "model": "gpt-4o",
        "messages": [
            {"role": "system", "content": "be short"},
            {"role": "user", "content": [{"type": "text", "text": "weather?"}, PICTURE]},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
            {"role": "user", "content": "thanks", "name": "bob"},
        ],
        "tools": [TOOL],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "temperature": 0.5,
        "top_p": 1,
        "n": 2,
        "max_completion_tokens": 20,
        "stop": ["\n", "END"],
        "logprobs": True,
        "top_logprobs": 2,
        "logit_bias": {"50256": -100},
        "seed": 7,
        "user": "u",
        "metadata": {"a": "b"},
        "store": True,
        "presence_penalty": 0.1,
        "frequency_penalty": -0.1,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "s", "strict": True, "schema": SCHEMA},
        },
        "service_tier": "auto",
        "stream": True,
        "stream_options": {"include_usage": True},
    },
    "/v1/completions": {
        "model": "gpt-3.5-turbo-instruct",
        "prompt": ["once", "twice"],
        "suffix": "end",
        "max_tokens": 8,
        "n": 1,
        "best_of": 2,
        "echo": False,
        "logprobs": 2,
        "stop": "x",
        "logit_bias": {"1": 1},
        "temperature": 1,
        "seed": 3,
    },
    "/v1/responses": {
        "model": "gpt-4.1",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "weather?"}]},
            {"type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "rain"},
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "it rains", "annotations": []}],
            },
            {"role": "user", "content": "and now?"},
        ],
        "instructions": "be short",
        "tools": [{"type": "function", "name": "weather", "parameters": SCHEMA, "strict": True}],
        "tool_choice": {"type": "function", "name": "weather"},
        "text": {"format": {"type": "json_schema", "name": "s", "schema": SCHEMA, "strict": True}},
        "max_output_tokens": 50,
        "temperature": 0,
        "metadata": {"a": "b"},
        "include": ["message.output_text.logprobs"],
        "truncation": "disabled",
        "store": True,
        "stream": False,
        "user": "u",
    },
    "/v1/responses/input_tokens": {"model": "gpt-4.1", "input": "how many?"},
    "/v1/embeddings": {
        "model": "text-embedding-3-small",
        "input": ["a", "b"],
        "dimensions": 8,
        "encoding_format": "base64",
        "user": "u",
    },
    "/v1/moderations": {
        "model": "omni-moderation-latest",
        "input": [
            {"type": "text", "text": "x"},
            {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}},
        ],
    },
    "/v1/batches": {
        "input_file_id": "file-1",
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "metadata": {"a": "b"},
        "output_expires_after": {"anchor": "created_at", "seconds": 3600},
    },
}
ADMIN: dict[str, dict[str, Any]] = {
    "/_fake/replies": {"answers": ["one"], "match": {"model": "m"}},
    "/_fake/faults": {"faults": [{"kind": "cut", "after": 3}], "times": 1},
    "/_fake/settings": {"seed": 3, "latency": "fast"},
    "/_fake/scopes": {"name": "a"},
}
PATHS = [
    *BODIES,
    *ADMIN,
    "/v1/files",
    "/v1/files/file-1",
    "/v1/files/file-1/content",
    "/v1/models",
    "/v1/models/gpt-4o",
    "/v1/batches/batch_1/cancel",
    "/v1/chat/completions/chatcmpl-1/messages",
    "/v1/responses/resp_1?stream=true&starting_after=3",
    "/v1/responses/resp_1/cancel",
    "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
    "/beta/chat/completions",
    "/v1/no/such/thing",
    "/_fake/",
    "/_fake/journal?limit=3",
    "/_fake/openapi.json",
    "/metrics",
]
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n'
    b"Content-Type: application/jsonl\r\n\r\n{}\r\n--x--\r\n"
)


def head(path: str, length: int, key: str, method: str, kind: str) -> bytes:
    """Return the head of a request, up to the empty line."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: x",
        f"Authorization: Bearer {key}",
        f"Content-Type: {kind}",
        f"Content-Length: {length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def request(path: str, *, key: str = "sk-x", method: str = "POST") -> bytes:
    """Return a sound request to `path`."""
    if path == "/v1/files":
        kind, body = "multipart/form-data; boundary=x", FORM
    else:
        kind = "application/json"
        body = json.dumps({**BODIES, **ADMIN}.get(path, {})).encode()
    return head(path, len(body), key, method, kind) + body
