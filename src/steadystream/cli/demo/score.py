"""How far what arrived is from the true answer, in characters."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Score:
    """Differences between what arrived and the true answer, in characters.

    Attributes:
        lost: characters of the true answer that did not arrive.
        doubled: characters that arrived beyond it: repeated, or of something else.
        first_difference: index of the first character that differs; None = none does.
    """

    lost: int = 0
    doubled: int = 0
    first_difference: int | None = None

    @property
    def whole(self) -> bool:
        """Whether what arrived is the true answer, to the character."""
        return self.first_difference is None


def score(arrived: str, true: str) -> Score:
    """Align `arrived` with `true` and count what is missing and what is too much.

    Where one stretch was lost or doubled the count is exact; where several were, the alignment is
    by longest common blocks, and may not be the shortest one.
    """
    if arrived == true:
        return Score()
    head = _common_prefix(arrived, true)
    tail = _common_prefix(arrived[head:][::-1], true[head:][::-1])
    came, wanted = arrived[head : len(arrived) - tail], true[head : len(true) - tail]
    blocks = SequenceMatcher(None, came, wanted, autojunk=False).get_matching_blocks()
    kept = sum(block.size for block in blocks)
    return Score(len(wanted) - kept, len(came) - kept, head)


def _common_prefix(one: str, other: str) -> int:
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))
