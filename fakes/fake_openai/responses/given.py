"""What a request gives the model to read: its input, and what came before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fake_openai.asking.conversation import Conversation
from fake_openai.counting import prompts
from fake_openai.errors.errors import ApiError

from .ids import Ids, prefix
from .wanting import demands

_HEAD = ("id", "type", "status")
_TEXTS = ("name", "arguments", "input", "output")
Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """What the model reads.

    Attributes:
        items: the input of this request.
        context: all that is read: what came before, and the input.
    """

    items: Sequence[Found]
    context: Sequence[Found]


def read(body: Found, before: Sequence[Found], known: Mapping[str, Found]) -> Given:
    """Return what `body` gives; items that came without an id have an empty one.

    Args:
        body: the request.
        before: input and output of the responses before it.
        known: items that may be referred to, by their ids.

    Raises:
        ApiError: a reference leads nowhere, or a call and its output do not belong together.
    """
    given = body.get("input") or []
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    made = items(given, known)
    context = [*before, *made]
    _check_calls(context)
    return Given(made, context)


def items(given: Sequence[Found], known: Mapping[str, Found]) -> list[Found]:
    """Return items as they are kept; those that came without an id have an empty one.

    Raises:
        ApiError: a reference leads nowhere.
    """
    return [_item(item, known) for item in given]


def named_items(found: Sequence[Found], ids: Ids) -> list[Found]:
    """Return `found` with an id for each item."""
    return [
        item if item["id"] else {**item, "id": ids.item(prefix(item["type"]))} for item in found
    ]


def named(given: Given, ids: Ids) -> Given:
    """Return `given` with an id for each item."""
    items = named_items(given.items, ids)
    count = min(len(items), len(given.context))
    before = given.context[: len(given.context) - count]
    return replace(given, items=items, context=[*before, *items[len(items) - count :]])


def conversation(body: Found, given: Given) -> Conversation:
    """Return what is asked, as scripts and attempts see it."""
    model = body.get("model") or ""
    said = [_bare(item) for item in given.context if item["type"] != "reasoning"]
    asked = json.dumps(["responses", model, body.get("instructions"), said], sort_keys=True)
    users = [item for item in given.context if item.get("role") == "user"]
    return Conversation(
        model=model,
        key=hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()[:32],
        question=text_of(users[-1]) if users else "",
        continues=False,
        prefix="",
        reasoning="",
        as_user=False,
        prompt_tokens=counted(body, given),
        demands=demands(body, given.context),
    )


def counted(body: Found, given: Given) -> int:
    """Return the tokens of all that is read."""
    form = (body.get("text") or {}).get("format")
    return prompts.count(messages(body, given), body.get("tools"), form).all


def messages(body: Found, given: Given) -> list[Found]:
    """Return all that is read as messages of a chat."""
    told = body.get("instructions")
    first = [{"role": "developer", "content": told}] if told else []
    return [*first, *map(_message, given.context)]


def _message(item: Found) -> Found:
    if item["type"] == "message":
        return item
    content = "".join(_text(item[name]) for name in _TEXTS if item.get(name))
    return {"role": item["type"], "content": content}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def text_of(item: Found) -> str:
    """Return the text of an item, parts joined."""
    parts = item.get("content") or ()
    return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _item(item: Found, known: Mapping[str, Found]) -> dict[str, Any]:
    kind = item.get("type") or ("message" if "role" in item else "item_reference")
    if kind == "item_reference":
        found = known.get(item["id"])
        if found is None:
            raise ApiError(
                404, f"Item with id '{item['id']}' not found.", param="input", kind="no_object"
            )
        return dict(found)
    made = {**item, "type": kind, "id": item.get("id") or ""}
    if kind == "message":
        made["content"] = _content(item)
    if kind != "reasoning":
        made["status"] = item.get("status") or "completed"
    head = [name for name in _HEAD if name in made]
    return {name: made[name] for name in (*head, *sorted(made.keys() - set(head)))}


def _content(item: Found) -> list[dict[str, Any]]:
    content = item["content"]
    if not isinstance(content, str):
        return [_part(part) for part in content]
    if item["role"] != "assistant":
        return [{"type": "input_text", "text": content}]
    return [{"type": "output_text", "annotations": [], "logprobs": [], "text": content}]


def _part(part: Found) -> dict[str, Any]:
    if part["type"] != "output_text":
        return dict(part)
    return {"type": "output_text", "annotations": [], "logprobs": [], **part}


def _bare(item: Found) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in ("id", "status", "phase")}


def _check_calls(context: Iterable[Found]) -> None:
    called: dict[str, str] = {}
    answered: set[str] = set()
    for item in context:
        kind = item["type"]
        if kind in ("function_call", "custom_tool_call"):
            called[item["call_id"]] = kind
        elif kind in ("function_call_output", "custom_tool_call_output"):
            answered.add(item["call_id"])
            if item["call_id"] not in called:
                what = _named(kind.removesuffix("_output"))
                told = f"No tool call found for {what} output with call_id {item['call_id']}."
                raise ApiError(400, told, param="input", kind="invalid")
    for call_id, kind in called.items():
        if call_id not in answered:
            told = f"No tool output found for {_named(kind)} {call_id}."
            raise ApiError(400, told, param="input", kind="invalid")


def _named(kind: str) -> str:
    return kind.replace("_", " ")
