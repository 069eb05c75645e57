"""What a request asks for: the conversation, and the part of the answer it brings along.

How each provider continues a partial answer, and what it does without its switch, is the heart of
this file; see `Continuation`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fake_openai.counting import prompts
from fake_openai.dialect import Continuation, Dialect
from fake_openai.errors.errors import ApiError

from . import demands
from .demands import NOTHING, Demands


@dataclass(frozen=True, slots=True)
class Conversation:
    """A chat request, understood.

    Attributes:
        model: the model asked for.
        key: the same for all requests with the same model and messages, a partial answer at their
            end not counted.
        question: text of the last user message.
        continues: whether a partial answer is to be continued.
        prefix: its text.
        reasoning: its reasoning.
        as_user: the partial answer was taken for a user's message (SGLang).
        prompt_tokens: tokens of all messages, the partial answer included.
        audio_tokens: those of sound among them.
        demands: what the request wants of the answer.
    """

    model: str
    key: str
    question: str
    continues: bool
    prefix: str
    reasoning: str
    as_user: bool
    prompt_tokens: int
    audio_tokens: int = 0
    demands: Demands = NOTHING


def read(dialect: Dialect, path: str, body: Mapping[str, Any]) -> Conversation:
    """Return what `body`, sent to `path`, asks of `dialect`.

    Raises:
        ApiError: the dialect refuses to continue in this way.
    """
    messages: Sequence[Mapping[str, Any]] = body["messages"]
    last = messages[-1]
    partial = last if last["role"] == "assistant" else None
    history = messages[:-1] if partial is not None else messages
    continues = partial is not None and _continues(dialect, path, body, partial)
    users = [message for message in history if message["role"] == "user"]
    form = body.get("response_format")
    prompt = prompts.count(messages, body.get("tools"), body.get("functions"), form)
    return Conversation(
        model=body["model"],
        key=_digest(body["model"], history),
        question=text_of(users[-1]) if users else "",
        continues=continues,
        prefix=text_of(partial) if partial is not None and continues else "",
        reasoning=_reasoning_of(partial) if partial is not None and continues else "",
        as_user=partial is not None
        and not continues
        and dialect.continuation is Continuation.FINAL_MESSAGE_OR_USER,
        prompt_tokens=prompt.all,
        audio_tokens=prompt.audio,
        demands=demands.of_chat(body),
    )


def text_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message, parts joined."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = (part.get("text") for part in content or ())
    return "".join(text for text in parts if isinstance(text, str))


def _reasoning_of(message: Mapping[str, Any]) -> str:
    said = message.get("reasoning_content") or message.get("reasoning")
    return said if isinstance(said, str) else ""


def _digest(model: str, history: Sequence[Mapping[str, Any]]) -> str:
    text = json.dumps([model, history], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _continues(
    dialect: Dialect, path: str, body: Mapping[str, Any], partial: Mapping[str, Any]
) -> bool:
    match dialect.continuation:
        case Continuation.FINAL_MESSAGE:
            return _final_message(body)
        case Continuation.FINAL_MESSAGE_OR_USER:
            return bool(body.get("continue_final_message"))
        case Continuation.PREFIX_AT_BETA:
            return _prefix_at_beta(path, partial)
        case Continuation.PREFIX_ECHOED:
            return _prefix_or_refused(partial)
        case Continuation.PARTIAL:
            return _partial(body, partial)
        case Continuation.PREFILL:
            return _prefill(dialect, body["model"])
        case Continuation.NONE:
            return False


def _final_message(body: Mapping[str, Any]) -> bool:
    if not body.get("continue_final_message"):
        return False
    if body.get("add_generation_prompt", True):
        told = "Cannot set both `continue_final_message` and `add_generation_prompt` to True."
        raise ApiError(400, told)
    return True


def _prefix_at_beta(path: str, partial: Mapping[str, Any]) -> bool:
    if not partial.get("prefix"):
        return False
    if not path.startswith("/beta/"):
        told = "prefix is only available with the beta API: set base_url to https://api.deepseek.com/beta"
        raise ApiError(400, told, kind="prefix")
    return True


def _prefix_or_refused(partial: Mapping[str, Any]) -> bool:
    if not partial.get("prefix"):
        told = "Expected last role User or Tool (or Assistant with prefix True) for serving but got"
        raise ApiError(400, f"{told} assistant", type="invalid_request_message_order", code="3230")
    return True


def _prefill(dialect: Dialect, model: str) -> bool:
    if re.fullmatch(dialect.no_prefill, model):
        told = "This model does not support assistant message prefill."
        told += " The conversation must end with a user message."
        raise ApiError(400, told, kind="provider")
    return True


def _partial(body: Mapping[str, Any], partial: Mapping[str, Any]) -> bool:
    if not partial.get("partial"):
        return False
    wanted = body.get("response_format")
    if isinstance(wanted, dict) and wanted.get("type") == "json_object":
        told = "partial mode cannot be used together with response_format json_object"
        raise ApiError(400, told, param="response_format")
    return True
