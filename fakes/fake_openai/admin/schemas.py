"""JSON schemas of what the admin API takes and tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
NUMBER = {"type": "number"}
SECONDS = {"type": ["number", "null"]}
TEXTS = {"type": "array", "items": TEXT}


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema of the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object whose only member is a list."""
    return closed({name: {"type": "array", "items": schema}})


def closed(members: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the schema of an object that has `members`, may have `optional`, and nothing else."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(members),
        "properties": {**members, **(optional or {})},
    }


_TOOL_CALL = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": TEXT,
        "arguments": {"type": ["string", "object"]},
        "id": {"type": ["string", "null"]},
    },
}
_CITATION = closed(
    {"url": TEXT},
    {
        "title": TEXT,
        "start": {"type": "integer"},
        "end": {"type": ["integer", "null"]},
    },
)
_ANSWER = {
    "type": "object",
    "properties": {
        "text": TEXT,
        "reasoning": TEXT,
        "refusal": TEXT,
        "tool_calls": {"type": "array", "items": ref("ToolCall")},
        "finish_reason": {"type": ["string", "null"]},
        "chunks": {"type": ["array", "null"], "items": TEXT},
        "citations": {"type": "array", "items": ref("Citation")},
    },
}
_MATCH = closed(
    {},
    {
        "model": TEXT,
        "contains": TEXT,
        "matching": TEXT,
        "tools": TEXTS,
        "role": TEXT,
        "endpoint": TEXT,
        "when": TEXT,
    },
)
_SETTINGS = closed(
    {
        "dialect": TEXT,
        "seed": {"type": "integer"},
        "latency": {"type": "object"},
        "writes": {"type": "object"},
        "limits": {"type": "object"},
        "strict": {"type": "boolean"},
        "tokenizer": TEXT,
        "models": {"type": ["array", "null"], "items": TEXT},
    }
)
_SCOPE = closed(
    {
        "name": TEXT,
        "api_key": TEXT,
        "headers": {"type": "object", "additionalProperties": TEXT},
        "settings": ref("Settings"),
        "requests": COUNT,
    }
)
_RULE = {
    "match": ref("Match"),
    "times": {"type": ["integer", "null"]},
    "used": COUNT,
    "text": TEXT,
}
_REQUEST: dict[str, Any] = {
    "number": COUNT,
    "scope": TEXT,
    "method": TEXT,
    "path": TEXT,
    "query": TEXT,
    "endpoint": TEXT,
    "model": TEXT,
    "tokenizer": TEXT,
    "question": TEXT,
    "prefix": TEXT,
    "attempt": COUNT,
    "conversation": TEXT,
    "time": NUMBER,
    "began": SECONDS,
    "ended_at": SECONDS,
    "status": COUNT,
    "retry_after": SECONDS,
    "faults": {"type": "array", "items": ref("Fault")},
    "bytes_sent": COUNT,
    "chunks_sent": COUNT,
    "ended": {"enum": ["", "whole", "fault", "client left", "server closed"]},
}
_WRITE = closed({"at": NUMBER, "size": COUNT, "text": TEXT}, {"base64": TEXT})
_JUDGEMENT = closed(
    {
        "number": COUNT,
        "scope": TEXT,
        "conversation": TEXT,
        "model": TEXT,
        "endpoint": TEXT,
        "fault": TEXT,
        "did": TEXT,
        "next": {"type": ["integer", "null"]},
        "after": SECONDS,
        "retry_after": SECONDS,
        "obeyed": {"type": ["boolean", "null"]},
        "silence": SECONDS,
        "delivered": {"type": ["integer", "null"]},
        "brought": COUNT,
        "lost": {"type": ["boolean", "null"]},
        "recovered": {"type": "boolean"},
        "text": TEXT,
    }
)

COMPONENTS: Mapping[str, Any] = {
    "Answer": _ANSWER,
    "AnswerOrText": {
        "oneOf": [
            TEXT,
            ref("ToolCall"),
            {"type": "array", "items": ref("ToolCall"), "minItems": 1},
            {**_ANSWER, "not": {"required": ["name"]}},
        ]
    },
    "Citation": _CITATION,
    "ToolCall": _TOOL_CALL,
    "Match": _MATCH,
    "Fault": {"type": "object", "required": ["kind"], "properties": {"kind": TEXT}},
    "Faults": {
        "oneOf": [
            TEXT,
            ref("Fault"),
            {"type": "array", "items": {"oneOf": [TEXT, ref("Fault")]}, "minItems": 1},
        ]
    },
    "Settings": _SETTINGS,
    "Scope": _SCOPE,
    "Reply": closed(
        {"answers": {"type": "array", "items": ref("Answer")}, **_RULE},
        {"in_order": {"type": "boolean"}},
    ),
    "Failure": closed(
        {"faults": {"type": "array", "items": {"type": "array", "items": ref("Fault")}}, **_RULE}
    ),
    "Request": closed(_REQUEST),
    "WholeRequest": closed(
        {
            **_REQUEST,
            "headers": {"type": "object", "additionalProperties": TEXT},
            "body": {},
            "raw_body": {"type": ["string", "null"]},
            "writes": {"type": "array", "items": _WRITE},
            "writes_missed": COUNT,
        }
    ),
    "Judgement": _JUDGEMENT,
    "Error": closed({"error": closed({"message": TEXT, "param": {"type": ["string", "null"]}})}),
}
