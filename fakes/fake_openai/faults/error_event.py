"""An error in the middle of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fake_openai import checks
from fake_openai.chunks import dump
from fake_openai.dialect import Dialect
from fake_openai.frames import DONE
from fake_openai.steps import Send, Step, Stop

from .base import Placed, Scene

_MESSAGE = "The server had an error while processing your request. Sorry about that!"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorEvent(Placed):
    """The stream ends with an error, in the form of the provider.

    Attributes:
        message: for people.
        type: kind of error; None = the provider's for a failure of its own.
        code: for programs; None = the provider's for a failure of its own.
        done: whether `[DONE]` follows; None = as the provider does it.
    """

    streams_only = True

    message: str = _MESSAGE
    type: str | None = None
    code: str | int | None = None
    done: bool | None = None

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.text("message of ErrorEvent", self.message)

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:  # noqa: ARG002
        """Return the steps, given those before and those after the place."""
        steps = [*before, Send(scene.writes.dress(self._event(scene)), 1)]
        closes = scene.dialect.error_closes if self.done is None else self.done
        if closes:
            steps.append(Send(scene.writes.dress(DONE), 1, final=True))
        return [*steps, Stop("end")]

    def _event(self, scene: Scene) -> bytes:
        event = scene.dialect.error_event
        name = f"event: {event}\n" if event else ""
        return f"{name}data: {dump(self._json(scene), scene.dialect)}\n\n".encode(
            "utf-8", "replace"
        )

    def _json(self, scene: Scene) -> dict[str, Any]:
        dialect = scene.dialect
        match dialect.errors:
            case "openrouter":
                return self._openrouter(scene)
            case "vllm" | "sglang":
                return {"error": self._python(dialect)}
            case "groq":
                error = {"message": self.message, "type": self.type or "internal_server_error"}
                return {"error": {**error, "code": self.code, "status_code": 500}}
            case "mistral":
                error = {"message": self.message, "type": self.type or "internal_server_error"}
                return {"object": "error", **error, "param": None, "code": self.code or "1000"}
            case _:
                error = {"message": self.message, "type": self.type or "server_error"}
                return {"error": {**error, "param": None, "code": self.code}}

    def _python(self, dialect: Dialect) -> dict[str, Any]:
        head = {"object": "error"} if dialect.errors == "sglang" else {}
        type = self.type or "InternalServerError"
        code = 500 if self.code is None else self.code
        return {**head, "message": self.message, "type": type, "param": None, "code": code}

    def _openrouter(self, scene: Scene) -> dict[str, Any]:
        code = self.code or self.type or "server_error"
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
        return {
            "id": scene.id,
            "object": "chat.completion.chunk",
            "created": scene.created,
            "model": scene.model,
            "provider": "Amazon Bedrock",
            "error": {"code": code, "message": self.message},
            "choices": [choice],
        }
