"""Conversations, their items, and responses in them."""

from __future__ import annotations

from fake_openai import Answer
from support.judge.asking import Ask, Case

from .responses import CALL, HI, NOTE, PARTS, RESPONSES, TOOL, TURN

TALKS = "/v1/conversations"
ITEMS = f"{TALKS}/{{0.id}}/items"
_EMPTY = Ask(TALKS, {"metadata": {"a": "b"}})
_FULL = Ask(TALKS, {"items": [{"type": "message", "role": "user", "content": HI}, *TURN]})
_IN = {"model": "gpt-4.1", "input": HI, "conversation": "{0.id}"}
_LIST = Ask(f"{ITEMS}?order=asc", method="GET")

CONVERSATIONS = [
    Case("a conversation", [Ask(TALKS, {})]),
    Case("a conversation, told", [_EMPTY, Ask(f"{TALKS}/{{0.id}}", method="GET")]),
    Case("a conversation, its metadata", [_EMPTY, Ask(f"{TALKS}/{{0.id}}", {"metadata": {}})]),
    Case("a conversation, deleted", [_FULL, Ask(f"{TALKS}/{{0.id}}", method="DELETE")]),
    Case("items of a conversation", [_FULL, _LIST]),
    Case("no items of a conversation", [_EMPTY, _LIST]),
    Case("items for a conversation", [_EMPTY, Ask(ITEMS, {"items": PARTS})]),
    Case(
        "an item of a conversation",
        [_FULL, _LIST, Ask(f"{ITEMS}/{{1.first_id}}", method="GET")],
    ),
    Case(
        "an item of a conversation, deleted",
        [_FULL, _LIST, Ask(f"{ITEMS}/{{1.first_id}}", method="DELETE")],
    ),
    Case(
        "responses in a conversation",
        [
            _FULL,
            Ask(RESPONSES, _IN),
            Ask(RESPONSES, {**_IN, "stream": True, "tools": [TOOL, NOTE]}),
            Ask(RESPONSES, {**_IN, "input": []}, status=0),
            _LIST,
        ],
        [Answer("Fine."), Answer(tool_calls=[CALL])],
    ),
    Case("no such conversation", [Ask(f"{TALKS}/conv_0", method="GET", status=404)]),
    Case("no such item", [_EMPTY, Ask(f"{ITEMS}/msg_0", method="GET", status=404)]),
]
