"""Text that comes in pieces and is joined when somebody asks for it."""

from __future__ import annotations


def joined(parts: list[str]) -> str:
    """Return the text in `parts`, and leave it there as one part."""
    if len(parts) > 1:
        parts[:] = ["".join(parts)]
        if not parts[0].isascii():
            parts[0] = _paired(parts[0])
    return parts[0] if parts else ""


def _paired(text: str) -> str:
    """Unite halves of surrogate pairs, which some servers escape and send in two chunks."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return text


def whole_characters(text: str) -> tuple[str, str]:
    """Return `text` with surrogate pairs united, and the half at its end that waits for another.

    Some servers escape a character as two halves and send them in two chunks.
    """
    half = text[-1] if "\ud800" <= text[-1] <= "\udbff" else ""
    whole = text[: len(text) - len(half)]
    try:
        whole.encode()
    except UnicodeEncodeError:
        whole = whole.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return whole, half
