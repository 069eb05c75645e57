"""`/chat/completions` that are kept."""

from __future__ import annotations

from support.judge.asking import Ask

from .claim import Claim, Endpoint, Shows, echoed, obeyed

_CHAT = {"messages": [{"role": "user", "content": "Hi"}], "store": True}
_FIRST = Ask("/v1/chat/completions", {"model": "gpt-4.1-mini", "metadata": {"a": "b"}, **_CHAT})
_SECOND = Ask("/v1/chat/completions", {"model": "gpt-4o", **_CHAT})
_MESSAGES = [{"role": "user", "content": "Hi"}, {"role": "user", "content": "Well?"}]
_TWO = Ask("/v1/chat/completions", {**_FIRST.body, "messages": _MESSAGES})
_ONE: Shows = lambda told: len(told.body["data"]) == 1  # noqa: E731 (a name for a claim)


def _order(told: Shows) -> Claim:
    return Claim(does="obeyed", value="desc", shows=told, wrong="best")


LIST_CHATS = Endpoint(
    "GET /chat/completions",
    Ask("/v1/chat/completions", method="GET"),
    {
        "model": obeyed("gpt-4o", _ONE),
        "metadata": obeyed({"a": "b"}, _ONE, note="as `metadata[key]=value`"),
        "after": Claim(does="obeyed", value="{0.id}", shows=_ONE, wrong="nothing"),
        "limit": obeyed(1, _ONE),
        "order": _order(lambda told: told.body["data"][0]["model"] == "gpt-4o"),
    },
    (_FIRST, _SECOND),
)
CHANGE_CHAT = Endpoint(
    "POST /chat/completions/{completion_id}",
    Ask("/v1/chat/completions/{0.id}", {"metadata": {}}),
    {"metadata": echoed({"c": "d"}, lambda told: told.body["metadata"] == {"c": "d"})},
    (_FIRST,),
)
CHAT_MESSAGES = Endpoint(
    "GET /chat/completions/{completion_id}/messages",
    Ask("/v1/chat/completions/{0.id}/messages", method="GET"),
    {
        "after": Claim(does="obeyed", value="{0.id}-0", shows=_ONE, wrong="nothing"),
        "limit": obeyed(1, _ONE),
        "order": _order(lambda told: told.body["data"][0]["content"] == "Well?"),
    },
    (_TWO,),
)
