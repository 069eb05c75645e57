"""`/conversations` and their items."""

from __future__ import annotations

from dataclasses import replace

from support.judge.asking import Ask

from .claim import Claim, Endpoint, Shows, echoed, obeyed

_ITEMS = [
    {"type": "message", "role": "user", "content": "one"},
    {"type": "message", "role": "user", "content": "two"},
]
_NAMED = [{**item, "id": f"msg_{place}"} for place, item in enumerate(_ITEMS)]
_TALK = Ask("/v1/conversations", {"items": _ITEMS})
_LISTED = Ask("/v1/conversations/{0.id}/items", method="GET")
_ONE: Shows = lambda told: len(told.body["data"]) == 1  # noqa: E731 (a name for a claim)
_NOTED: Shows = lambda told: told.body["metadata"] == {"a": "b"}  # noqa: E731
_INCLUDE = Claim(does="no effect", value="message.input_image.image_url", wrong="nothing")

CREATE_TALK = Endpoint(
    "POST /conversations",
    Ask("/v1/conversations", {}),
    {
        "metadata": echoed({"a": "b"}, _NOTED),
        "items": Claim(
            does="obeyed",
            value=_ITEMS,
            shows=lambda told: len(told.body["data"]) == len(_ITEMS),
            after=[Ask("/v1/conversations/{0.id}/items", method="GET")],
        ),
    },
)
CHANGE_TALK = Endpoint(
    "POST /conversations/{conversation_id}",
    Ask("/v1/conversations/{0.id}", {"metadata": {}}),
    {"metadata": echoed({"a": "b"}, _NOTED)},
    (_TALK,),
)
ADD_ITEMS = Endpoint(
    "POST /conversations/{conversation_id}/items",
    Ask("/v1/conversations/{0.id}/items", {"items": _NAMED}),
    {
        "include": replace(_INCLUDE, in_query=True),
        "items": echoed(_NAMED[:1], _ONE, required=True),
    },
    (_TALK,),
)
LIST_ITEMS = Endpoint(
    "GET /conversations/{conversation_id}/items",
    _LISTED,
    {
        "limit": obeyed(1, _ONE),
        "order": Claim(
            does="obeyed",
            value="asc",
            shows=lambda told: told.body["data"][0]["content"][0]["text"] == "one",
            wrong="best",
        ),
        "after": Claim(
            does="obeyed",
            value="{1.last_id}",
            shows=lambda told: not told.body["data"],
            wrong="nothing",
        ),
        "include": _INCLUDE,
    },
    (_TALK, _LISTED),
)
