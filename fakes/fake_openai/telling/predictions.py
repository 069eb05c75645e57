"""How much of a predicted output came true."""

from __future__ import annotations

from difflib import SequenceMatcher

from fake_openai.counting.tokens import split


def compared(predicted: str, said: str) -> tuple[int, int]:
    """Return how many tokens of `predicted` are in `said`, and how many are not."""
    if not predicted:
        return 0, 0
    expected, came = split(predicted), split(said)
    same = SequenceMatcher(None, expected, came, autojunk=False).get_matching_blocks()
    accepted = sum(block.size for block in same)
    return accepted, len(expected) - accepted
