"""`POST /v1/moderations`.

Nothing is understood: words decide, and the scores are seeded by the text. A text with "kill" in it
is flagged for violence; everything else is harmless.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from fake_openai import tokens, validation
from fake_openai.endpoint import Endpoint
from fake_openai.exchange import Exchange
from fake_openai.ids import fill
from fake_openai.schemas.moderations import MODERATIONS

_USUAL = "omni-moderation-latest"
_FLAGS = 0.5
_WORDS: Mapping[str, str] = {
    "harassment": r"idiot|loser|pathetic",
    "harassment/threatening": r"i('ll| will) (hurt|find|kill) you",
    "sexual": r"porn\w*|explicit sex\w*",
    "hate": r"subhuman|inferior race",
    "hate/threatening": r"exterminate (them|the)",
    "illicit": r"shoplift\w*|forge (a|an) \w+|launder money",
    "illicit/violent": r"build (a|the) bomb|make explosives",
    "self-harm/intent": r"i want to (die|hurt myself|kill myself)",
    "self-harm/instructions": r"how to (hurt|kill) (myself|oneself)",
    "self-harm": r"(hurt|kill|cut)(ting|ing)? myself|suicide",
    "sexual/minors": r"(?!)",
    "violence": r"kill|murder\w*|stab\w*|shoot \w+",
    "violence/graphic": r"gore|dismember\w*|blood everywhere",
}
_PATTERNS = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in _WORDS.items()}
_FOR_IMAGES = {
    "sexual", "self-harm/intent", "self-harm/instructions", "self-harm", "violence",
    "violence/graphic",
}  # fmt: skip


async def create(exchange: Exchange) -> web.StreamResponse:
    """Serve a judgement of each input."""
    body = exchange.json()
    validation.check(body, MODERATIONS)
    model = body.get("model") or _USUAL
    results = [result(text, images=images) for text, images in _inputs(body["input"])]
    exchange.admit(model, tokens.count(json.dumps(body["input"])))
    told = {"id": fill("modr-{digits4}", exchange.rng), "model": model, "results": results}
    return exchange.respond(200, "application/json", (json.dumps(told, indent=2) + "\n").encode())


def _inputs(value: Any) -> list[tuple[str, bool]]:
    """Return each input as its text, and whether there is an image with it."""
    if isinstance(value, str):
        return [(value, False)]
    if all(isinstance(one, str) for one in value):
        return [(one, False) for one in value]
    parts: Sequence[Any] = value
    texts = [one if isinstance(one, str) else one.get("text", "") for one in parts]
    images = any(isinstance(one, dict) and one["type"] == "image_url" for one in parts)
    return [("\n".join(texts), images)]


def result(text: str, *, images: bool) -> dict[str, Any]:
    """Return the judgement of a text."""
    rng = random.Random(text.encode("utf-8", "surrogatepass"))
    scores: dict[str, float] = {}
    for name, pattern in _PATTERNS.items():
        flagged = pattern.search(text) is not None
        score = rng.uniform(0.6, 0.99) if flagged else 10 ** rng.uniform(-6, -3)
        scores[name] = score
    categories = {name: score > _FLAGS for name, score in scores.items()}
    kinds = {
        name: ["text", "image"] if images and name in _FOR_IMAGES else ["text"] for name in scores
    }
    return {
        "flagged": any(categories.values()),
        "categories": categories,
        "category_scores": scores,
        "category_applied_input_types": kinds,
    }


ENDPOINTS = (Endpoint("moderations", "POST", "/moderations", create),)
