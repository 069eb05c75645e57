"""`/v1/embeddings` and `/v1/moderations`."""

from __future__ import annotations

from typing import Any

from support.judge.asking import Ask, Case

_IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0="}}


def _embed(name: str, input: Any, status: int = 200, **more: Any) -> Case:
    body = {"model": "text-embedding-3-small", "input": input, **more}
    return Case(f"embeddings, {name}", [Ask("/v1/embeddings", body, status=status)])


def _moderate(name: str, input: Any, status: int = 200, **more: Any) -> Case:
    return Case(
        f"moderations, {name}", [Ask("/v1/moderations", {"input": input, **more}, status=status)]
    )


TEXTS = [
    _embed("a text", "hello"),
    _embed("texts", ["hello", "good morning"], dimensions=8),
    _embed("tokens", [1, 2, 3]),
    _embed("arrays of tokens", [[1, 2], [3]], user="u-1"),
    _embed("base64", "hello", encoding_format="base64", dimensions=8),
    _embed("an empty text", "", 400),
    _embed("a wrong form", "hello", 400, encoding_format="base32"),
    _embed("too many dimensions", "hello", 400, dimensions=100_000),
    _moderate("a text", "hello"),
    _moderate("a text that is flagged", "I will kill you", model="omni-moderation-latest"),
    _moderate("texts", ["hello", "you idiot"]),
    _moderate("parts", [{"type": "text", "text": "hello"}, _IMAGE]),
    _moderate("nothing", None, 400),
]
