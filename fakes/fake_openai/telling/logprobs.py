"""Log probabilities of tokens, made up but plausible, the same for the same seed."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from typing import Any

from fake_openai.counting.tokens import split

_OTHERS = (
    *("the", "a", "an", "it", "this", "that", "and", "or", "of", "to", "in", "on", "with", "as"),
    *("is", "was", "can", "will", "may", "one", "two", "good", "first", "next", "here", "there"),
)
_DIGITS = 8


class Logprobs:
    """Makes the entries for the tokens of one choice, one after another.

    Args:
        seed: any text.
        top: alternatives told for each token.
    """

    def __init__(self, seed: str, top: int) -> None:
        self._rng = random.Random(seed)
        self._top = top

    def of(self, text: str) -> list[dict[str, Any]]:
        """Return the entries for the tokens of `text`, which comes next."""
        return [self.entry(token) for token in split(text)]

    def entry(self, token: str) -> dict[str, Any]:
        """Return the entry for `token`."""
        chosen = 1 - 0.6 * self._rng.random() ** 2
        others = self._others(token, 1 - chosen)
        known = [_told(token, chosen), *(_told(text, p) for text, p in others)]
        known.sort(key=lambda one: -one["logprob"])
        return {**_told(token, chosen), "top_logprobs": known[: self._top]}

    def _others(self, token: str, left: float) -> Iterable[tuple[str, float]]:
        if self._top == 0:
            return
        lead = " " if token.startswith(" ") else ""
        texts = [lead + word for word in self._rng.sample(_OTHERS, k=min(self._top + 1, 26))]
        for text in [text for text in texts if text != token][: self._top]:
            left *= 0.5
            yield text, left


def _told(token: str, probability: float) -> dict[str, Any]:
    raw = token.encode("utf-8", "replace")
    return {
        "token": token,
        "logprob": round(math.log(max(probability, 1e-9)), _DIGITS),
        "bytes": list(raw),
    }


def member(kind: str, entries: list[dict[str, Any]]) -> Mapping[str, Any] | None:
    """Return the member `logprobs` for tokens of one kind: of `content` or of a `refusal`."""
    if kind == "content":
        return {"content": entries, "refusal": None}
    if kind == "refusal":
        return {"content": None, "refusal": entries}
    return None
