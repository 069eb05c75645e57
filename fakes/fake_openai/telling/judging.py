"""How texts are judged, as the moderation models do.

Nothing is understood: words decide, and the scores are seeded by the text. A text with "kill" in it
is flagged for violence; everything else is harmless.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from typing import Any

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


def chat(model: str, question: str, said: Iterable[str]) -> dict[str, Any]:
    """Return what a chat completion tells of the judgement of its input and of its choices.

    Args:
        model: that judges.
        question: the input.
        said: text of each choice.
    """
    return {"input": _results(model, [question]), "output": _results(model, said)}


def _results(model: str, texts: Iterable[str]) -> dict[str, Any]:
    head = {"type": "moderation_result", "model": model}
    judged = [{**head, **result(text, images=False)} for text in texts]
    return {"type": "moderation_results", "model": model, "results": judged}
