"""The forms in which providers tell an error inside a stream that began well."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from fake_openai.delivery.steps import Send, Step
from fake_openai.telling.chunks import FILTERS
from fake_openai.telling.lines import dump

from .base import Scene
from .event import chunk, json_of, made, made_of, next_number

Form = Literal[
    "openai", "responses", "groq", "mistral", "openrouter", "openrouter_limit", "vllm", "sglang",
    "llamacpp", "gpustack", "ollama", "azure", "anthropic", "flat",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wrong:
    """What went wrong, as far as the caller says.

    Attributes:
        message: for people.
        type: kind of error; None = the provider's own.
        code: for programs; None = the provider's own.
    """

    message: str
    type: str | None
    code: str | int | None


Told: TypeAlias = list[Send]


def _nested(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    error = {"message": wrong.message, "type": wrong.type or "server_error"}
    return [made({"error": {**error, "param": None, "code": wrong.code}}, scene)]


def _responses(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:
    response: dict[str, Any] = {"id": scene.id, "object": "response", "created_at": scene.created}
    for step in before:
        value = json_of(step, scene) if isinstance(step, Send) else None
        response = value.get("response", response) if value else response
    number = next_number(before, scene)
    type, code = wrong.type or "server_error", wrong.code or "server_error"
    error = {"type": type, "code": code, "message": wrong.message, "param": None}
    told = {"type": "error", "sequence_number": number, "error": error}
    failed = {**response, "status": "failed", "error": {"code": code, "message": wrong.message}}
    last = {"type": "response.failed", "response": failed, "sequence_number": number + 1}
    return [made(told, scene, "error"), made(last, scene, "response.failed")]


def _groq(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    error = {"message": wrong.message, "type": wrong.type or "internal_server_error"}
    value = {"error": {**error, "code": wrong.code, "status_code": 500}}
    return [made(value, scene, "error")]


def _mistral(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    error = {"message": wrong.message, "type": wrong.type or "internal_server_error"}
    value = {"object": "error", **error, "param": None, "code": wrong.code or "1000"}
    return [made(value, scene)]


def _openrouter(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    code = wrong.code or wrong.type or "server_error"
    choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
    value = {
        **chunk(scene, []),
        "provider": "Amazon Bedrock",
        "error": {"code": code, "message": wrong.message},
        "choices": [choice],
    }
    return [made(value, scene)]


def _openrouter_limit(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    def choice(reason: str | None) -> dict[str, Any]:
        delta = {"role": "assistant", "content": ""}
        told = {"finish_reason": reason, "native_finish_reason": reason, "logprobs": None}
        return {"index": 0, "delta": delta, **told}

    error = {"code": wrong.code or 400, "message": wrong.message}
    return [
        made(chunk(scene, [choice("length")]), scene),
        made({**chunk(scene, [choice(None)]), "error": error}, scene),
    ]


def _vllm(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    return [made({"error": _python(wrong)}, scene)]


def _sglang(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    return [made({"error": {"object": "error", **_python(wrong)}}, scene)]


def _flat(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    return [made({"object": "error", **_python(wrong)}, scene)]


def _python(wrong: Wrong) -> dict[str, Any]:
    type, code = wrong.type or "InternalServerError", 500 if wrong.code is None else wrong.code
    return {"message": wrong.message, "type": type, "param": None, "code": code}


def _llamacpp(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    code = 500 if wrong.code is None else wrong.code
    error = {"code": code, "message": wrong.message, "type": wrong.type or "server_error"}
    return [made({"error": error}, scene)]


def _gpustack(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    error = {"message": wrong.message, "type": wrong.type or "server_error", "code": wrong.code}
    text = dump({"error": error}, scene.dialect)
    line = f"error: {text}\n\n".encode("utf-8", "replace")
    return [Send(scene.writes.dress(line))]  # a field that SSE does not know: no event


def _ollama(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    delta = {"role": "assistant", "content": ""}
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return [made(chunk(scene, [choice]), scene)]  # what was wrong is lost on the way


def _azure(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    filters = json.loads(json.dumps(FILTERS))
    filters["hate"] = {"filtered": True, "severity": "high"}
    choice = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "content_filter"}
    return [made(chunk(scene, [{**choice, "content_filter_results": filters}]), scene)]


def _anthropic(wrong: Wrong, scene: Scene, before: list[Step]) -> Told:  # noqa: ARG001
    error = {"details": None, "type": wrong.type or "overloaded_error", "message": wrong.message}
    text = dump({"type": "error", "error": error}, scene.dialect)
    padded = f"{text[:-1]}     }}".encode("utf-8", "replace")
    return [made_of(padded, scene, "error")]


FORMS: Mapping[str, tuple[Callable[[Wrong, Scene, list[Step]], Told], bool]] = {
    # what is sent, and whether `[DONE]` follows
    "openai": (_nested, True),
    "responses": (_responses, False),
    "groq": (_groq, False),
    "mistral": (_mistral, True),
    "openrouter": (_openrouter, False),
    "openrouter_limit": (_openrouter_limit, True),
    "vllm": (_vllm, True),
    "sglang": (_sglang, True),
    "llamacpp": (_llamacpp, False),
    "gpustack": (_gpustack, False),
    "ollama": (_ollama, False),
    "azure": (_azure, True),
    "anthropic": (_anthropic, False),
    "flat": (_flat, True),
}
