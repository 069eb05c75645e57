"""Limits on the length of an answer, when a part of it is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ENOUGH_TO_TELL = 8
_BYTES_A_TOKEN = 4
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


def tokens_in(chunks: int, text: str) -> int:
    """Return how many tokens came at least, in so many chunks that make `text`.

    A server sends a chunk for a token or for several. Where each chunk is one character, something
    between has cut them anew, as some proxies do, and their number says nothing; then a token is
    taken for four bytes.
    """
    cut_anew = chunks >= _ENOUGH_TO_TELL and len(text) <= chunks
    return len(text.encode("utf-8", "replace")) // _BYTES_A_TOKEN if cut_anew else chunks


def tokens_of(text: str) -> int:
    """Return about how many tokens a text has of which nobody knows the chunks."""
    return len(text) // _BYTES_A_TOKEN


def _ceilings(body: Mapping[str, Any]) -> dict[str, int]:
    """Return the token limits of a request; a limit that is not positive is none (llama.cpp)."""
    limits = {name: body.get(name) for name in _LIMITS}
    return {name: limit for name, limit in limits.items() if isinstance(limit, int) and limit > 0}


def is_at_limit(body: Mapping[str, Any], received: int) -> bool:
    """Say whether the answer has come to its ceiling."""
    return any(limit <= received for limit in _ceilings(body).values())


def with_fewer_tokens(body: Mapping[str, Any], handed_in: int, about: int = 0) -> dict[str, Any]:
    """Shrink ceilings, and the floor, by what need not come again.

    Args:
        body: of the request.
        handed_in: tokens that count against the ceiling for certain.
        about: further tokens, estimated, which leave room for one at least. May be negative, for
            what the reply brings in addition.
    """
    least_left = 1 if about > 0 else 0
    shrunk = {
        **body,
        **{name: max(least_left, at - handed_in - about) for name, at in _ceilings(body).items()},
    }
    least = body.get("min_tokens")
    if isinstance(least, int) and least > 0:
        shrunk["min_tokens"] = max(0, least - handed_in)
    return shrunk
