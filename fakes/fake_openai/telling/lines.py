"""Lines of a stream that are written again and again, with another text each time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from fake_openai.delivery.steps import Send
from fake_openai.dialect import Dialect

from .padding import ROOM, STEP, Padding

# Private-use characters: they stand for the text and the padding while a template is made.
TEXT = "\ue0f0text\ue0f1"
PAD = "\ue0f0pad\ue0f1"
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_SORTED = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True)


class Line:
    """A `data` line that is written again and again, with another text each time.

    Args:
        line: JSON with `TEXT` where the text goes, once or more, and `PAD` where padding goes.
        padding: draws the padding.
        pad: which padding it is.
    """

    __slots__ = ("_after", "_before", "_fixed", "_once", "_pad", "_padding", "_wanted")

    def __init__(self, line: str, padding: Padding, pad: str) -> None:
        before, padded, after = f"data: {line}\n\n".partition(PAD)
        self._before = before.split(f'"{TEXT}"')
        self._once = len(self._before) == 2  # noqa: PLR2004 (what is before it and what after)
        self._after = after
        self._padding = padding
        self._pad = pad if padded else ""
        self._fixed = len("".join(self._before)) + len(after) - len("data: \n\n")
        self._wanted = 17 - self._fixed

    def fill(self, text: str = "") -> bytes:
        """Return the event with `text`, a JSON string with its quotes."""
        filled = text.join(self._before)
        if self._pad == "p":
            filled = f"{filled}{self._padding.p()}{self._after}"
        elif self._pad:
            length = self._fixed + len(text) * (len(self._before) - 1)
            filled = f"{filled}{self._padding.obfuscation(length)}{self._after}"
        return filled.encode("utf-8", "replace")

    def each(self, texts: Iterable[str]) -> Iterator[Send]:
        """Yield the events with `texts`, as `fill` makes them.

        Nearly all events of a busy server come from here, so nothing is called in these loops.
        """
        if not self._once or self._pad == "p":
            yield from (Send(self.fill(text), 1) for text in texts)
            return
        before, rest = self._before
        if not self._pad:
            for text in texts:
                yield Send(f"{before}{text}{rest}".encode("utf-8", "replace"), 1)
            return
        padding, after, pool, wanted = self._padding, self._after, self._padding.pool, self._wanted
        for text in texts:
            padding.at = at = (padding.at + STEP) % ROOM
            hidden = pool[at : at + (wanted - len(text)) % 16]
            yield Send(f"{before}{text}{rest}{hidden}{after}".encode("utf-8", "replace"), 1)


def dump(value: Any, dialect: Dialect) -> str:
    """Write compact JSON as `dialect` does."""
    text = (_SORTED if dialect.sort_keys else _COMPACT).encode(value)
    return html_safe(text, dialect)


def html_safe(text: str, dialect: Dialect) -> str:
    """Escape what `dialect` escapes in JSON."""
    if not dialect.escape_html:
        return text
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
