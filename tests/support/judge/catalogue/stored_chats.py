"""Chat completions that are kept."""

from __future__ import annotations

from support.judge.asking import Ask, Case

from .chat import CHAT, chat

_KEPT = chat(store=True, metadata={"a": "b"})


def _one(method: str, more: str = "", body: object = None) -> Ask:
    return Ask(f"{CHAT}/{{0.id}}{more}", body, method=method)


STORED_CHATS = [
    Case("stored chat, told again", [_KEPT, _one("GET")]),
    Case("stored chats", [_KEPT, Ask(f"{CHAT}?metadata[a]=b&limit=1", method="GET")]),
    Case("stored chat, its messages", [_KEPT, _one("GET", "/messages")]),
    Case("stored chat, its metadata", [_KEPT, _one("POST", body={"metadata": {"c": "d"}})]),
    Case("stored chat, deleted", [_KEPT, _one("DELETE")]),
    Case("no such stored chat", [Ask(f"{CHAT}/chatcmpl-0", method="GET", status=404)]),
]
