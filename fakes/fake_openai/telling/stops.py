"""Stop texts: where an answer ends because one of them would come next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from .pieces import Piece


@dataclass(frozen=True, slots=True)
class Stopped:
    """An answer up to a stop text.

    Attributes:
        kept: its pieces; the last may be cut short.
        tokens: tokens among them.
        needed: tokens after which the stop text was whole.
        by: the stop text.
    """

    kept: tuple[Piece, ...]
    tokens: int
    needed: int
    by: str


def find(pieces: Sequence[Piece], texts: Sequence[str]) -> Stopped | None:
    """Return `pieces` up to the first of `texts` that is whole in their content.

    The content counts as one text: where it is cut into pieces does not matter.

    Returns:
        None if none of them appears.
    """
    content = "".join(piece.text for piece in pieces if piece.kind == "content")
    found = [
        (at + len(text), at, text) for text in texts if text and (at := content.find(text)) >= 0
    ]
    if not found:
        return None
    end, start, by = min(found)
    kept: list[Piece] = []
    needed = at = 0
    for piece in pieces:
        if at >= end:
            break
        needed += piece.is_token
        if piece.kind != "content":
            kept.append(piece)
            continue
        if at < start:
            kept.append(replace(piece, text=piece.text[: start - at]))
        at += len(piece.text)
    return Stopped(tuple(kept), sum(piece.is_token for piece in kept), needed, by)
