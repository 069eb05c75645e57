"""The judge that knows the models of the openai SDK."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, get_args, get_origin

import pydantic
from openai.types import (
    Batch,
    Completion,
    CreateEmbeddingResponse,
    FileDeleted,
    FileObject,
    Model,
    ModerationCreateResponse,
)
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionDeleted
from openai.types.chat import ChatCompletionStoreMessage as StoredMessage
from openai.types.conversations import (
    Conversation,
    ConversationDeletedResource,
    ConversationItem,
)
from openai.types.responses import Response, ResponseItem, ResponseStreamEvent
from openai.types.responses.input_token_count_response import InputTokenCountResponse
from openai.types.shared import ErrorObject

from .violation import Violation, member

BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/chat/completions"): ChatCompletion,
    ("GET", "/chat/completions/{completion_id}"): ChatCompletion,
    ("POST", "/chat/completions/{completion_id}"): ChatCompletion,
    ("DELETE", "/chat/completions/{completion_id}"): ChatCompletionDeleted,
    ("GET", "/models/{model}"): Model,
    ("POST", "/completions"): Completion,
    ("POST", "/embeddings"): CreateEmbeddingResponse,
    ("POST", "/moderations"): ModerationCreateResponse,
    ("POST", "/files"): FileObject,
    ("GET", "/files/{file_id}"): FileObject,
    ("DELETE", "/files/{file_id}"): FileDeleted,
    ("POST", "/batches"): Batch,
    ("GET", "/batches/{batch_id}"): Batch,
    ("POST", "/batches/{batch_id}/cancel"): Batch,
    ("POST", "/responses"): Response,
    ("GET", "/responses/{response_id}"): Response,
    ("POST", "/responses/{response_id}/cancel"): Response,
    ("POST", "/responses/input_tokens"): InputTokenCountResponse,
    ("POST", "/conversations"): Conversation,
    ("GET", "/conversations/{conversation_id}"): Conversation,
    ("POST", "/conversations/{conversation_id}"): Conversation,
    ("DELETE", "/conversations/{conversation_id}"): ConversationDeletedResource,
    ("GET", "/conversations/{conversation_id}/items/{item_id}"): ConversationItem,
    ("DELETE", "/conversations/{conversation_id}/items/{item_id}"): Conversation,
}
ITEMS: dict[tuple[str, str], Any] = {
    ("GET", "/models"): Model,
    ("GET", "/files"): FileObject,
    ("GET", "/batches"): Batch,
    ("GET", "/chat/completions"): ChatCompletion,
    ("GET", "/chat/completions/{completion_id}/messages"): StoredMessage,
    ("GET", "/responses/{response_id}/input_items"): ResponseItem,
    ("GET", "/conversations/{conversation_id}/items"): ConversationItem,
    ("POST", "/conversations/{conversation_id}/items"): ConversationItem,
}
EVENTS: dict[tuple[str, str], Any] = {
    ("POST", "/chat/completions"): ChatCompletionChunk,
    ("POST", "/completions"): Completion,
    ("POST", "/responses"): ResponseStreamEvent,
    ("GET", "/responses/{response_id}"): ResponseStreamEvent,
}
_REFUSED = 400
BARE = {("DELETE", "/responses/{response_id}"), ("GET", "/files/{file_id}/content")}


def template(path: str) -> str:
    """Return `path`, which begins with `/v1`, as the document writes it.

    Raises:
        LookupError: the tables above do not have it.
    """
    for name in sorted({path for _, path in {*BODIES, *ITEMS, *EVENTS, *BARE}}):
        if re.fullmatch("/v1" + re.sub(r"\{\w+\}", "[^/]+", name), path.partition("?")[0]):
            return name
    raise LookupError(f"there is no model for {path}")


def judge(
    method: str, path: str, status: int, value: Any, *, event: bool = False
) -> list[Violation]:
    """Judge the body of a response, or an event of it; `path` is that of the document.

    Raises:
        LookupError: the table above has no model for it.
    """
    kind = "stream" if event else ""
    where = " ".join(filter(None, (method, path, str(status), kind)))
    found = sorted(set(_told(method, path, status, value, event=event)))
    return [Violation("sdk", where, at, says) for at, says in found]


def _told(
    method: str, path: str, status: int, value: Any, *, event: bool
) -> Iterator[tuple[str, str]]:
    key = (method, path)
    if status >= _REFUSED or (event and value.keys() == {"error"}):
        yield from _object(ErrorObject, value.get("error"), ("error",))
    elif event:
        yield from _object(EVENTS[key], value, ())
    elif key in ITEMS:
        for place, item in enumerate(value["data"]):
            yield from _object(ITEMS[key], item, ("data", place))
    elif key not in BARE:
        yield from _object(BODIES[key], value, ())


def _object(model: Any, value: Any, at: tuple[str | int, ...]) -> Iterator[tuple[str, str]]:
    adapter = _adapter(_meant(model, value))
    try:
        # From JSON and strict: a number may be an int where a float is due, and nothing else.
        made = adapter.validate_json(json.dumps(value), strict=True)
    except pydantic.ValidationError as error:
        for one in _meant_errors(value, error.errors(include_url=False)):
            yield member((*at, *_within(value, one["loc"]))), one["msg"]
    else:
        yield from _extra(made, at)


@cache
def _adapter(model: Any) -> pydantic.TypeAdapter[Any]:
    return pydantic.TypeAdapter(model)


def _meant(model: Any, value: Any) -> Any:
    """Return the one of several models whose `type` is that of `value`, if there is one."""
    if get_origin(model) is Annotated:
        model = get_args(model)[0]
    type = value.get("type") if isinstance(value, dict) else None
    for one in get_args(model):
        field = one.model_fields.get("type")
        if field is not None and type in get_args(field.annotation):
            return one
    return model


def _meant_errors(value: Any, errors: list[Any]) -> list[Any]:
    """Leave out what is said of models whose `type` is another: of a union, all others object."""
    others = {
        one["loc"][:-1]
        for one in errors
        if one["loc"][-1] == "type" and "literal" in one["type"] and _names_a_model(value, one)
    }

    def is_of_another(loc: tuple[str | int, ...]) -> bool:
        return any(loc[:length] in others for length in range(len(loc)))

    return [one for one in errors if not is_of_another(one["loc"])] or errors


def _names_a_model(value: Any, error: Any) -> bool:
    """Say whether what stands before `type` is the name of a model and no part of `value`."""
    *before, last = error["loc"]
    return list(_within(value, (*before, last))) == list(_within(value, (*before[:-1], last)))


def _within(value: Any, loc: tuple[str | int, ...]) -> Iterator[str | int]:
    """Leave out of `loc` what is no part of `value`: the names of the models in a union."""
    for place, part in enumerate(loc):
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            if place < len(loc) - 1:
                continue
        yield part


def _extra(value: Any, at: tuple[str | int, ...]) -> Iterator[tuple[str, str]]:
    match value:
        case pydantic.BaseModel():
            for name in value.model_extra or ():
                yield member((*at, name)), "unknown member"
            for name in value.__class__.model_fields:
                yield from _extra(getattr(value, name), (*at, name))
        case list():
            for place, item in enumerate(value):
                yield from _extra(item, (*at, place))
        case dict():
            for name, item in value.items():
                yield from _extra(item, (*at, name))
        case _:
            return
